"""E-mail over SMTP with TLS. The Message-ID is made from the key, so that a second copy can be told by the reader."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Final

from niangjia.channels.carriers import Limits, Outgoing, Rejected, Sent, Setting, TryLater
from niangjia.channels.kinds import Form

LIMITS: Final = Limits(title_bytes=300, text_bytes=200_000, file_bytes=10 * 1024 * 1024, per_minute=60)
SECONDS: Final = 15.0


@dataclass(frozen=True)
class Mail:
    label: str = "电子邮件"
    forms: frozenset[Form] = frozenset({Form.TEXT, Form.FILE})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (
        Setting("host", "SMTP 服务器"),
        Setting("port", "端口", needed=False, hint="留空为465（TLS）；587 用 STARTTLS"),
        Setting("user", "用户名"),
        Setting("password", "密码或授权码", secret=True),
        Setting("sender", "发件地址"),
        Setting("name", "发件人名称", needed=False),
    )
    personal: bool = True
    by_hand: bool = False
    tells: bool = False
    plain: bool = False  # without TLS: a server on this machine

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        letter = self._letter(message, entries)
        try:
            with self._server(entries) as server:
                if not self.plain:
                    server.login(entries["user"], entries["password"])
                server.send_message(letter)
        except smtplib.SMTPAuthenticationError as error:
            raise Rejected("邮箱用户名或授权码不对，请核对。", code=str(error.smtp_code), endpoint=True) from None
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            if code < 500:
                raise TryLater("对方邮箱暂时收不下，稍后自动重试。", code=str(code)) from None
            raise Rejected("收件地址不存在或拒收，请核对。", code=str(code)) from None
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500:
                raise Rejected("邮件服务器拒收这封邮件。", code=str(error.smtp_code)) from None
            raise TryLater("邮件服务器忙，稍后自动重试。", code=str(error.smtp_code)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater("连不上邮件服务器，稍后自动重试。", code=type(error).__name__) from None
        return Sent(reference=str(letter["Message-ID"]))

    def _server(self, entries: Mapping[str, str]) -> smtplib.SMTP:
        host, port = entries["host"], int(entries.get("port") or 465)
        if self.plain:
            return smtplib.SMTP(host, port, timeout=SECONDS)
        if port == 465:
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(host, port, timeout=SECONDS)
        server.starttls(context=ssl.create_default_context())
        return server

    def _letter(self, message: Outgoing, entries: Mapping[str, str]) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = " ".join((message.title or "通知").split())
        letter["From"] = formataddr((entries.get("name") or "妇联", entries["sender"]))
        letter["To"] = message.to
        letter["Date"] = formatdate(localtime=True)
        letter["Message-ID"] = f"<{message.key}@{entries['sender'].rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(f"{message.text}\n{message.url}".strip() + "\n")
        if message.file:
            letter.add_attachment(
                message.file, maintype="application", subtype="octet-stream", filename=message.file_name or "附件"
            )
        return letter


CARRIER = Mail()
