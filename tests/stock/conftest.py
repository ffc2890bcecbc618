"""A batch of parcels in the depot of the district."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from niangjia.access.acting import Acting, acting_as
from niangjia.org.models import Unit
from niangjia.stock import actions
from niangjia.stock.kinds import Source
from niangjia.stock.models import Batch, GoodsKind
from tests.personas import District


def arrived(district: District, count: int = 100, *, kind: str = "mother_parcel_warm", **changes: Any) -> Batch:
    """A batch that was announced and has arrived in full."""
    officer = district.acting("officer")
    with acting_as(officer):
        batch = actions.open_batch(
            title=changes.pop("title", "2026年第一批"), kind=GoodsKind.objects.get(key=kind), planned=count,
            source=Source.FOUNDATION, unit=district.unit("涪陵区妇联"), by=officer, **changes,
        )  # fmt: skip
        actions.receive(batch_id=batch.pk, count=count, by=officer)
        return Batch.objects.select_related("kind", "unit").get(pk=batch.pk)


@dataclass
class Depot:
    """The depot, and who works with it. ``left`` asks as the district, which sees all."""

    district: District
    batch: Batch

    @property
    def officer(self) -> Acting:
        return self.district.acting("officer")

    @property
    def top(self) -> Unit:
        return self.district.unit("涪陵区妇联")

    @property
    def town(self) -> Unit:
        return self.district.unit("敦仁街道妇联")

    @property
    def village(self) -> Unit:
        return self.district.unit("大东门社区妇联")

    def pass_on(self, count: int = 10, to: str = "敦仁街道妇联") -> None:
        with acting_as(self.officer):
            actions.allocate(
                batch_id=self.batch.pk, to=self.district.unit(to), count=count, source=self.top, by=self.officer
            )

    def give(self, about: str = "case:1", *, who: str = "dunren", unit: str = "敦仁街道妇联", **more: Any) -> Any:
        by = self.district.acting(who)
        with acting_as(by):
            return actions.hand_out(about=about, unit=self.district.unit(unit), by=by, batch=self.batch, **more)


@pytest.fixture
def depot(district: District) -> Depot:
    return Depot(district, arrived(district))


GIFT: dict[str, Any] = {
    "donor": "某企业", "through": "中国妇女发展基金会", "amount": Decimal(20_000), "given_on": dt.date(2026, 3, 8),
    "receipt": "票0001",
}  # fmt: skip
