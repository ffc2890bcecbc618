"""OneBot, off by default, against a local server."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from niangjia.channels.adapters.onebot.adapter import CARRIER
from niangjia.channels.carriers import NotSent, Outgoing, Rejected, TryLater, carrier
from niangjia.channels.kinds import Form
from tests.channels.local import Answer, Provider, provider


def sent(payload: Any, group: str = "123") -> Provider:
    with provider(lambda asked: Answer(payload)) as there:
        entries = {"address": f"{there.address}/", "token": "T", "group": group}
        CARRIER.send(Outgoing("k", Form.TEXT, text="学习"), entries)
    return there


def test_it_speaks_to_the_group_with_its_token() -> None:
    asked = sent({"status": "ok", "retcode": 0, "data": {"message_id": 1}}).asked[0]
    assert (asked.path, asked.headers["authorization"], asked.json) == (
        "/send_group_msg", "Bearer T", {"group_id": 123, "message": "学习", "auto_escape": True},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "group", "kind"),
    [
        ({"status": "failed", "retcode": 1403}, "123", Rejected),
        ({"status": "failed", "retcode": 100}, "123", TryLater),
        ({}, "群", Rejected),
    ],
)
def test_what_goes_wrong_is_said(payload: Any, group: str, kind: type[NotSent]) -> None:
    with pytest.raises(NotSent) as failed:
        sent(payload, group)
    assert type(failed.value) is kind


def test_no_installation_has_it_unless_it_says_so() -> None:
    assert "onebot" not in settings.NIANGJIA_CARRIERS
    carrier.cache_clear()
    with pytest.raises(Rejected, match="本站没有“onebot”渠道"):
        carrier("onebot")
