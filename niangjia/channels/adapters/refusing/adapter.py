"""Refuses: the operator has not yet chosen who carries the codes."""

from __future__ import annotations

from niangjia.channels.senders import Receipt, SendFailed


class RefusingSender:
    """What a new installation has until NIANGJIA_SMS_SENDER names an adapter."""

    def send_code(self, phone: str, code: str) -> Receipt:
        raise SendFailed(
            "本站还没有开通短信，暂时不能用手机号登录。请到村（社区）请妇联主席代为办理。"
            "（管理员：请用 NIANGJIA_SMS_SENDER 指定短信通道）",
            retry=False,
        )


SENDER = RefusingSender()
