"""Telling those on duty that something urgent came in: in words that tell nothing."""

from __future__ import annotations

from niangjia.access.acting import Acting
from niangjia.access.jobs import job
from niangjia.channels import actions as channels
from niangjia.channels import queries as outbox
from niangjia.channels.kinds import Audience, Form
from niangjia.core import clock
from niangjia.helpline import queries
from niangjia.helpline.actions import ALERT
from niangjia.people.models import Account

SMS = ("sms_aliyun", "sms_tencent")
WORDS = {"title": "您有新的待办", "text": "请尽快登录工作平台查看"}


@job(ALERT)
def alert(*, by: Acting, place: str) -> None:
    """A text message to the two on duty, where the district has an SMS endpoint; the desk shows it in any case."""
    duty = queries.duty(place, clock.today())
    endpoint = outbox.endpoints().filter(carrier__in=SMS, is_open=True).first()
    if duty is None or endpoint is None:
        return
    accounts = Account.objects.select_related("officer").filter(pk__in=[duty.handler_account, duty.supervisor_account])
    phones = [one.officer.phone.reveal() for one in accounts if one.officer is not None and one.officer.phone]
    if phones:
        channels.send(
            subject=f"duty:{duty.pk}", place=place, audience=Audience.PERSONAL, form=Form.TEMPLATE, data=WORDS,
            copies=[channels.Copy(endpoint, phone) for phone in phones], by=by,
        )  # fmt: skip
