"""Many counts, one question."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.core.counting import count_all
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit
from tests.personas import District

pytestmark = pytest.mark.django_db


def test_every_set_is_counted_in_one_statement(district: District) -> None:
    sets = {
        "all": Unit.objects.order_by("name"),
        "departments": Unit.objects.filter(kind=UnitKind.DEPARTMENT),
        "kinds": Unit.objects.values("kind").distinct(),
        "nothing": Unit.objects.none(),
        "no such": Unit.objects.filter(name="没有这个单位"),
    }
    with acting_as(district.acting("officer")):
        alone = {key: records.count() for key, records in sets.items()}
        with CaptureQueriesContext(connection) as asked:
            together = count_all(sets)
    assert (together, len(asked)) == (alone, 1)


def test_nothing_to_count_asks_nothing(district: District) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert count_all({}) == {}
    assert len(asked) == 0
