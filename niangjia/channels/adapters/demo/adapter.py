"""Sends nothing: the code comes back to be shown on the screen, marked as a demonstration."""

from __future__ import annotations

from django.conf import settings

from niangjia.channels.senders import Receipt, SendFailed


class DemoSender:
    """Works only where NIANGJIA_DEMO is set, or anybody could sign in with anybody's phone."""

    def send_code(self, phone: str, code: str) -> Receipt:
        if not settings.NIANGJIA_DEMO:
            raise SendFailed(
                "演示短信通道只能用于演示环境。请管理员配置正式的短信通道，或先到村（社区）请妇联主席代为办理。",
                retry=False,
            )
        return Receipt(reference="demo", shown=code)


SENDER = DemoSender()
