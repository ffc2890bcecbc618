"""What is handed over leaves the store, so that list and stock agree. A round says which batch it gives from, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from niangjia.access.verbs import Verb
from niangjia.core.refused import Refused


def hand_out_one(*, case: Any, answers: Mapping[str, Any], by: Any) -> None:
    """One piece from the own unit's stock of the round's batch: the one its parameter ``batch`` names, or those opened
    for ``round:<id>``, the first of which there is something. Nothing where the round has none.

    Raises Refused where the unit has nothing left of it, or whoever delivers may not take from the stock.
    """
    from niangjia.org.models import Unit
    from niangjia.stock import actions as stock
    from niangjia.stock import queries

    wanted = case.round.parameters.get("batch")
    batches = queries.batches().filter(**({"pk": wanted} if wanted else {"subject": f"round:{case.round_id}"}))
    bound = list(batches.order_by("opened_on", "id"))
    if not bound:
        if wanted:
            raise Refused("本批次指定的物资批次不存在，请区妇联在批次参数中核对。")
        return
    if by.unit_id is None or not by.may(Verb.STOCK_HAND_OUT):
        raise Refused("本批次从物资库发放，请由能发放物资的同志登记。")
    unit = Unit.objects.get(pk=by.unit_id)
    batch = next((one for one in bound if queries.balance(one.pk, unit.pk) > 0), bound[0])
    stock.hand_out(
        about=f"case:{case.pk}",
        unit=unit,
        batch=batch,
        on=dt.date.fromisoformat(str(answers["delivered_on"])),
        receiver=str(answers.get("receiver", "")),
        by=by,
    )
