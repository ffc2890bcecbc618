"""微信公众号: an article becomes a draft, and a person publishes it there. Mass sending stays in the hands of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from niangjia.channels.adapters.wechat import account
from niangjia.channels.carriers import Limits, Outgoing, Rejected, Sent, Setting
from niangjia.channels.kinds import Form

LIMITS: Final = Limits(text_bytes=1_000_000, picture_bytes=10 * 1024 * 1024, per_minute=10)
TITLE: Final = 32  # characters, as the others
DIGEST: Final = 128
AUTHOR: Final = 16
CONTENT: Final = 20_000


@dataclass(frozen=True)
class WeChat:
    base: str = account.BASE
    label: str = "微信公众号（草稿）"
    forms: frozenset[Form] = frozenset({Form.ARTICLE})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (
        *account.WANTS,
        Setting("token", "消息校验 Token", secret=True, needed=False),
        Setting("aes_key", "消息加解密密钥", secret=True, needed=False, hint="EncodingAESKey，43个字符"),
    )
    personal: bool = False
    by_hand: bool = False
    tells: bool = False

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        """``text`` is the article's HTML; ``data`` may hold digest and author; the picture is its cover."""
        if not message.picture:
            raise Rejected("公众号文章须有封面图，请补上。", code="cover")
        if len(message.title) > TITLE or len(message.text) >= CONTENT:
            raise Rejected(f"公众号标题最多{TITLE}个字，正文不到{CONTENT}字，请缩短。", code="length")
        cover = account.upload(
            self.base, "/cgi-bin/material/add_material?type=image", entries, "cover.jpg", message.picture
        )
        article = {
            "article_type": "news",
            "title": message.title,
            "author": message.data.get("author", "")[:AUTHOR],
            "digest": message.data.get("digest", "")[:DIGEST],
            "content": message.text,
            "content_source_url": message.url,
            "thumb_media_id": str(cover.get("media_id", "")),
            "need_open_comment": 0,
            "only_fans_can_comment": 0,
        }
        made = account.post(self.base, "/cgi-bin/draft/add", entries, {"articles": [article]})
        return Sent(reference=str(made.get("media_id", "")), note="草稿已建，请到公众平台核对后发布")


CARRIER = WeChat()
