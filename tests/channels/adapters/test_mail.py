"""E-mail, against a small SMTP server that answers as told."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from threading import Thread

import pytest

from niangjia.channels.adapters.mail.adapter import Mail
from niangjia.channels.carriers import NotSent, Outgoing, Rejected, Sent, TryLater
from niangjia.channels.kinds import Form

LETTER = Outgoing(
    "nj-1-2", Form.FILE, title="本月\n汇总", text="见附件", to="her@example.org", file=b"PK", file_name="表.xlsx"
)


@contextmanager
def post_office(answers: dict[str, str]) -> Iterator[tuple[int, list[bytes]]]:
    """Answers each command with "250" or what ``answers`` has for it."""
    letters: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line.split()[0].decode().upper()
                if word == "DATA" and "DATA" not in answers:
                    self.wfile.write(b"354 go on\r\n")
                    letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(f"{answers.get(word, '221 bye' if word == 'QUIT' else '250 fine')}\r\n".encode())
                if word == "QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server.server_address[1], letters
        server.shutdown()
        thread.join()


def sent(answers: dict[str, str]) -> tuple[Sent, list[bytes]]:
    with post_office(answers) as (port, letters):
        entries = {"host": "127.0.0.1", "port": str(port), "user": "u", "password": "p", "sender": "fl@example.org"}
        return Mail(plain=True).send(LETTER, entries), letters


def test_a_letter_has_one_line_of_subject_its_file_and_a_number_made_from_the_key() -> None:
    answer, (raw,) = sent({})
    letter = message_from_bytes(raw, policy=policy.default)
    body, attached = letter.iter_parts()
    assert (letter["Subject"], letter["Message-ID"], body.get_content().strip(), attached.get_filename()) == (
        "本月 汇总", "<nj-1-2@example.org>", "见附件", "表.xlsx",
    )  # fmt: skip
    assert answer.reference == "<nj-1-2@example.org>"


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ({"RCPT": "550 no such user"}, Rejected, "550"),
        ({"RCPT": "450 greylisted"}, TryLater, "450"),
        ({"DATA": "554 spam"}, Rejected, "554"),
        ({"MAIL": "451 busy"}, TryLater, "451"),
    ],
)
def test_what_the_post_office_says_decides(answers: dict[str, str], kind: type[NotSent], code: str) -> None:
    with pytest.raises(NotSent) as failed:
        sent(answers)
    assert (type(failed.value), failed.value.code) == (kind, code)


def test_no_post_office_there_is_a_reason_to_wait() -> None:
    with post_office({}) as (port, _):
        pass
    with pytest.raises(TryLater):
        Mail(plain=True).send(LETTER, {"host": "127.0.0.1", "port": str(port), "sender": "fl@example.org"})
