"""Outlines in their several states, made through the actions people use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from niangjia.access.acting import acting_as
from niangjia.outlines import actions, queries
from niangjia.outlines.actions import Filled
from niangjia.outlines.kinds import Duty
from niangjia.outlines.models import Indicator, Observation, Outline, Year
from niangjia.outlines.rules import Entry
from tests.personas import FULING, District

TODAY = dt.date(2026, 3, 2)
D = Decimal


class Stage:
    """The children's outline of 2021 in a district: ``stage.fill("C21-02", 30, 5000)`` is what the health commission says."""

    def __init__(self, district: District, key: str = "children-2021") -> None:
        self.district = district
        self.office = district.acting("officer")
        self.health = district.acting("health")
        self.bureau = district.acting("statistics")
        with acting_as(self.office):
            self.outline: Outline = actions.load_shipped(key=key, by=self.office)

    def indicator(self, code: str) -> Indicator:
        with acting_as(self.office):
            return Indicator.objects.select_related("outline").get(code=code)

    def open(self, year: int = 2025, **values: Any) -> Year:
        with acting_as(self.office):
            return actions.open_year(
                outline_id=self.outline.pk, year=year, due_on=values.pop("due_on", dt.date(2026, 4, 30)),
                checker_id=values.pop("checker", self.district.unit("区统计局")).pk, by=self.office, **values,
            )  # fmt: skip

    def known(self, code: str, values: dict[int, str], place: str = FULING) -> None:
        """Settled values of earlier years."""
        with acting_as(self.office):
            for year, value in values.items():
                actions.record_known(
                    indicator_id=self.indicator_id(code), place=place, year=year, entry=Entry(value=D(value)),
                    source="历年监测报告", by=self.office,
                )  # fmt: skip

    def indicator_id(self, code: str) -> int:
        with acting_as(self.office):
            return Indicator.objects.values_list("pk", flat=True).get(code=code)

    def fill(
        self, year: Year, code: str, numerator: int | str, denominator: int | str | None = None, *, who: str = "health",
        revision: int = 0, note: str = "", **more: Any,
    ) -> list[Observation]:  # fmt: skip
        by = self.district.acting(who)
        if denominator is None:
            entry = Entry(value=D(numerator), parts=more.pop("parts", None))
        else:
            entry = Entry(numerator=D(numerator), denominator=D(denominator), parts=more.pop("parts", None))
        with acting_as(by):
            filled = Filled(self.indicator(code).pk, revision, entry, note, answers=more.pop("answers", {}))
            return actions.save_values(year_id=year.pk, filled=[filled], by=by, **more)

    def submit(self, year: Year, *codes: str, who: str = "health") -> int:
        by = self.district.acting(who)
        wanted = [self.indicator_id(code) for code in codes] or None
        with acting_as(by):
            return actions.submit(year_id=year.pk, indicator_ids=wanted, by=by)

    def pass_on(self, *values: Observation) -> int:
        with acting_as(self.bureau):
            return actions.pass_on(value_ids=[value.pk for value in values], by=self.bureau)

    def confirm(self, *values: Observation) -> int:
        with acting_as(self.office):
            return actions.confirm(value_ids=[value.pk for value in values], by=self.office)

    def confirmed(self, year: Year, code: str, numerator: int, denominator: int) -> Observation:
        """A value that went all the way."""
        value = self.fill(year, code, numerator, denominator)[0]
        self.submit(year, code)
        self.pass_on(value)
        self.confirm(value)
        return self.read(value)

    def publish(self, year: Year, **more: Any) -> int:
        with acting_as(self.office):
            return actions.publish(year_id=year.pk, by=self.office, **more)

    def read(self, value: Observation) -> Observation:
        with acting_as(self.office):
            return queries.value_for(value.pk)

    def standing(self, code: str, year: int, place: str = FULING) -> queries.Standing:
        with acting_as(self.office):
            found = queries.standings(self.outline, place, year)
        return next(one for one in found if one.code == code)

    def target(self, code: str, value: str, from_year: int, place: str = FULING, baseline: str | None = None) -> None:
        pk = self.indicator_id(code)
        with acting_as(self.office):
            actions.set_target(
                indicator_id=pk, place=place, from_year=from_year, value=D(value), by=self.office,
                baseline=None if baseline is None else D(baseline),
            )  # fmt: skip

    def assign(self, unit: str, codes: Sequence[str], duty: Duty = Duty.LEAD, from_year: int = 2021) -> None:
        with acting_as(self.office):
            for code in codes:
                actions.assign(
                    indicator_id=self.indicator_id(code), unit_id=self.district.unit(unit).pk, duty=duty,
                    from_year=from_year, by=self.office,
                )  # fmt: skip
