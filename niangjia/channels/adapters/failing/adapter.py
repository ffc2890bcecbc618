"""Fails as a carrier does on a bad day, so that pages and tests know what to say then."""

from __future__ import annotations

from niangjia.channels.senders import Receipt, SendFailed


class FailingSender:
    def send_code(self, phone: str, code: str) -> Receipt:
        raise SendFailed("短信暂时发不出去，请一分钟后再试。", retry=True)


SENDER = FailingSender()
