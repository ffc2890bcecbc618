"""Wishes on a phone: read by anybody, taken up by somebody, made by a mother."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.wishes import actions
from niangjia.wishes.models import Claim, Wish
from tests.personas import CHONGYI, DADONGMEN, DUNREN, FULING, District
from tests.web.conftest import Browse
from tests.wishes.stage import DONOR, MOTHER, OTHER_DONOR, delivered, opened

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_anybody_reads_wishes_and_one_who_signs_in_takes_one_up(district: District, as_persona: Browse) -> None:
    wish, visitor = opened(district), Client()
    opened(district, "jiaotong", text="想要一床被子", category="LIVING", kind="ELDER", name="李奶奶")
    page = text(visitor.get("/wishes/"))
    assert ("想要一个结实的书包" in page, "想要一床被子" in page, "陈" in page, "大东门" in page) == (
        True,
        True,
        False,
        False,
    )
    filtered = [text(visitor.get(f"/wishes/?{query}")) for query in (f"town={CHONGYI}", "category=LEARNING", f"town={DUNREN}&category=COMPANY")]  # fmt: skip
    assert [("书包" in one, "被子" in one, "换个类别或镇街" in one) for one in filtered] == [
        (False, True, False), (True, False, False), (False, False, True),
    ]  # fmt: skip
    assert visitor.get(f"/wishes/{wish.pk}/claim/").headers["Location"] == f"/my/sign-in/?next=/wishes/{wish.pk}/claim/"

    donor, other = as_persona("resident", DONOR), as_persona("resident", OTHER_DONOR)
    sent = {"token": str(uuid.uuid4()), "name": "王热心", "agreed": "on"}
    assert donor.post(f"/wishes/{wish.pk}/claim/", {**sent, "agreed": ""}).status_code == 422
    said = [text(donor.post(f"/wishes/{wish.pk}/claim/", sent, follow=True)) for _ in range(2)]
    assert ["前把东西交到大东门社区妇联" in one and "我认领的" in one for one in said] == [True, True]
    late = other.post(f"/wishes/{wish.pk}/claim/", {**sent, "token": str(uuid.uuid4())}, follow=True)
    assert actions.TAKEN in text(late)
    with acting_as(access.house(FULING)):
        pk = Claim.objects.get().pk
    assert other.post(f"/my/wishes/claims/{pk}/give-back/").status_code == 404
    with clock.frozen(clock.today() + dt.timedelta(days=11)), acting_as(access.house(FULING)) as house:
        actions.release_due(by=house)
    assert "有一个心愿认领已结束" in text(donor.get("/"))
    donor.post(f"/my/wishes/claims/{pk}/seen/")
    assert "有一个心愿认领已结束" not in text(donor.get("/"))


def test_a_mother_makes_a_wish_and_says_that_it_came(district: District, as_persona: Browse) -> None:
    mother = as_persona("resident", MOTHER)
    sent = {
        "token": str(uuid.uuid4()), "kind": "CHILD", "category": "LEARNING", "text": "想要一盒彩笔", "value": "60",
        "name": "陈小雨", "guardian": "陈建国", "place": DADONGMEN, "agreed": "on",
    }  # fmt: skip
    assert "心愿里有学校名“珍溪中心小学”" in text(
        mother.post("/wishes/new/", {**sent, "text": "我在珍溪中心小学，想要彩笔"})
    )
    assert "心愿已收到" in text(mother.post("/wishes/new/", sent, follow=True))
    village, officer = district.acting("dadongmen"), district.acting("officer")
    with acting_as(village):
        wish = Wish.objects.get()
        actions.verify(wish_id=wish.pk, by=village)
    with acting_as(officer):
        actions.publish(wish_id=wish.pk, by=officer)
        actions.claim_for_unit(wish_id=wish.pk, unit_name="某商会", contact="李经办", by=officer)
    delivered(district, wish)
    assert "已告诉村（社区）妇联" in text(mother.post(f"/my/wishes/{wish.pk}/received/", follow=True))
    assert as_persona("resident", DONOR).post(f"/my/wishes/{wish.pk}/received/").status_code == 404
