"""What is committed, as others see it at once: the public view, and two who claim in one moment. The day is the real one."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.db import ProgrammingError, connections, transaction

from niangjia.access.acting import acting_as
from niangjia.core.refused import Refused
from niangjia.wishes import actions, queries
from tests.personas import CHONGYI, DUNREN, District
from tests.wishes.stage import DONOR, OTHER_DONOR, claimed, opened, wished

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def test_the_public_view_shows_what_is_open_or_came_true_and_nothing_else(district: District) -> None:
    wished(district, text="想要一本字典")
    gone, shown = opened(district, text="想要一盒彩笔"), opened(district)
    by = district.acting("dadongmen")
    with acting_as(by):
        actions.withdraw(wish_id=gone.pk, reason="已经有了", by=by)
    assert queries.public_counts() == {"OPEN": 1, "CLAIMED": 0, "CONFIRMED": 0}
    assert [one.id for one in queries.public_wishes(show="OPEN", category="LEARNING", town=DUNREN, limit=9)] == [
        shown.pk
    ]
    assert queries.public_wishes(show="OPEN", town=CHONGYI, limit=9) == []
    claimed(district, shown)
    public = queries.public_wish(shown.pk)
    assert public is not None
    assert (public.town, public.kind_label, public.state_label) == (DUNREN, "儿童", "已认领")


def test_of_two_who_claim_at_once_one_has_it_and_the_other_a_kind_word(district: District) -> None:
    wish = opened(district)
    residents = [district.resident(phone) for phone in (DONOR, OTHER_DONOR)]
    start, told = threading.Barrier(2), []

    def run(by: Any) -> None:
        try:
            start.wait()
            with acting_as(by):
                actions.claim(wish_id=wish.pk, token=uuid.uuid4(), name="王热心", by=by)
            told.append("")
        except Refused as refused:
            told.append(str(refused))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(by,)) for by in residents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["", actions.TAKEN]


def test_the_public_login_reads_no_table() -> None:
    for table in ("wishes_wish", "wishes_claim", "wishes_wishstep", "wishes_terms"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(using="public"):
            with connections["public"].cursor() as cursor:
                cursor.execute(f"SELECT * FROM {table}")
