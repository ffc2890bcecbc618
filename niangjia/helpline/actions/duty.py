"""Who takes what comes in, how long it may take, and the keys of those on duty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.refused import Refused, check
from niangjia.helpline import queries
from niangjia.helpline.models import Duty, Key, Terms
from niangjia.org import queries as org


@transaction.atomic
def set_duty(*, starts_on: dt.date, handler: queries.Person, supervisor: queries.Person, by: Acting) -> Duty:
    """Who takes what comes in from a day on. What came in before stays with whom it was."""
    by.require(Verb.HELPLINE_SUPERVISE)
    if starts_on < clock.today():
        raise Refused("开始日期不能早于今天。", {"starts_on": "请改正。"})
    if handler.account == supervisor.account:
        raise Refused("值班人和督办人须是两个人。", {"supervisor": "请另选一人。"})
    able = queries.handlers(org.federation_of(by.place))
    for key, one in (("handler", handler), ("supervisor", supervisor)):
        if one not in able:
            raise Refused(f"{one.name}没有办理来件的权限。", {key: "请重新选择。"})
    made, _ = Duty.objects.update_or_create(
        place=by.place, starts_on=starts_on,
        defaults={
            "handler_account": handler.account, "handler": handler.name, "supervisor_account": supervisor.account,
            "supervisor": supervisor.name, "set_by": by.signature,
        },
    )  # fmt: skip
    record(
        by=by, stream="helpline:duty", verb="helpline.duty", place=by.place,
        summary={"from": str(starts_on), "handler": handler.name, "supervisor": supervisor.name},
    )  # fmt: skip
    return made


@transaction.atomic
def pass_on(*, from_account: int, to: queries.Person, by: Acting) -> int:
    """All matters of one who left her post go to another on the roster. Returns how many she handled."""
    by.require(Verb.HELPLINE_SUPERVISE)
    (moved,) = queries.call("helpline_pass_on", from_account, to.account, to.name)
    if moved == -1:
        raise Refused("接手的人不在值班表里，请先排班。", {"to": "请重新选择。"})
    if moved == -2:
        raise Refused("原办理人还在任，来件由督办人逐件交办。")
    record(
        by=by, stream="helpline:duty", verb="helpline.pass_on", place=codes.district_of(by.place),
        summary={"from": from_account, "to": to.account, "matters": moved},
    )  # fmt: skip
    return int(moved)


@transaction.atomic
def set_terms(*, valid_from: dt.date, values: Mapping[str, int], by: Acting) -> Terms:
    """The clocks from a day on; what is not named stays as it was."""
    by.require(Verb.HELPLINE_SUPERVISE)
    if valid_from < clock.today():
        raise Refused("启用日期不能早于今天。", {"valid_from": "请改正。"})
    row = Terms.objects.filter(valid_from=valid_from).first() or Terms(
        valid_from=valid_from, **asdict(queries.limits(valid_from))
    )
    row.confirmed = True
    for name, value in values.items():
        setattr(row, name, value)
    check(row)
    row.save()
    record(
        by=by, stream="helpline:terms", verb="helpline.terms", place=codes.district_of(by.place),
        summary={"from": str(valid_from), **values},
    )  # fmt: skip
    return row


@transaction.atomic
def keep_key(*, public: str, wrapped: str, by: Acting) -> Key:
    """Keep the key her browser made; an older one is put away, since what was sealed with it is opened with it."""
    by.require(Verb.HELPLINE_HANDLE)
    if not 300 <= len(public) <= 2000 or not 300 <= len(wrapped) <= 12_000:
        raise Refused("密钥不完整，没有保存。请重新生成。")
    Key.objects.filter(account_id=by.account_id, retired_at__isnull=True).update(retired_at=clock.now())
    made = Key.objects.create(
        account_id=by.account_id, public=public, wrapped=wrapped, made_at=clock.now(), place=codes.district_of(by.place)
    )
    record(by=by, stream=f"helpline_key:{made.pk}", verb="helpline.key", place=codes.district_of(by.place))
    return made
