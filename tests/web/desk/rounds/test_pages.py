"""A round is set up, opened, asked about, reported up, and its quota divided by the rule."""

import datetime as dt

import pytest

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.programmes import registry
from niangjia.programmes.models import Case, Round
from niangjia.stock import actions as stock
from niangjia.stock.kinds import Source
from niangjia.stock.models import GoodsKind
from tests import factories
from tests.personas import District
from tests.programmes.catalogue import way
from tests.web.conftest import Browse


def posted(**changes: object) -> dict[str, object]:
    today = clock.today()
    return {
        "programme": "two_cancers_grant",
        "title": "本年第三批",
        "opens_on": str(today),
        "closes_on": str(today + dt.timedelta(days=30)),
        "cutoff_on": str(today),
        "amount": "10000",
        "quota": "",
        "notice_days": "7",
        "notice_unit": "workday",
        "objection_phone": "023-72220000",
        **changes,
    }


def the_round(district: District) -> Round:
    with acting_as(district.acting("chair")):
        return Round.objects.get()


def test_a_round_is_made_under_the_version_in_force(as_persona: Browse, district: District) -> None:
    as_persona("officer").post("/desk/rounds/new/", posted())
    made = the_round(district)
    assert (made.version, made.state, made.amount) == ("low-income-women", "DRAFT", 10_000)


def test_the_older_era_has_the_older_version(as_persona: Browse, district: District) -> None:
    as_persona("officer").post(
        "/desk/rounds/new/", posted(opens_on="2016-03-01", closes_on="2016-04-01", cutoff_on="2016-03-01")
    )
    assert the_round(district).version == "poor-mothers"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"closes_on": "2020-01-01"}, "受理截止日期不能早于开始日期。"),
        ({"amount": "-1"}, "大于或等于"),
        ({"opens_on": "2005-01-01", "closes_on": "2005-02-01"}, "没有有效版本"),
        ({"title": ""}, "必填"),
    ],
)
def test_a_wrong_parameter_is_said_where_it_stands(
    as_persona: Browse, changes: dict[str, object], message: str
) -> None:
    page = as_persona("officer").post("/desk/rounds/new/", posted(**changes)).content.decode()
    assert message in page


def test_opening_and_closing(as_persona: Browse, district: District) -> None:
    client = as_persona("officer")
    client.post("/desk/rounds/new/", posted())
    pk = the_round(district).pk
    for state in ("OPEN", "CLOSED", "FINISHED"):
        client.post(f"/desk/rounds/{pk}/state/", {"state": state})
        assert the_round(district).state == state


def test_the_amount_stays_once_somebody_applied(as_persona: Browse, district: District) -> None:
    round_ = factories.open_round(district)
    factories.submitted(district, round_)
    page = as_persona("officer").post(f"/desk/rounds/{round_.pk}/edit/", posted(amount="9000")).content.decode()
    assert "不能修改" in page
    assert the_round(district).amount == 10_000


def test_all_reviewed_cases_are_asked_about_at_once(as_persona: Browse, district: District) -> None:
    round_ = factories.open_round(district)
    for serial in (1, 2):
        factories.at_district(district, factories.submitted(district, round_, serial))
    as_persona("officer").post(f"/desk/rounds/{round_.pk}/ask/")
    with acting_as(district.acting("chair")):
        assert list(Case.objects.values_list("state", flat=True)) == ["CHECKING", "CHECKING"]


def test_the_quota_is_previewed_and_then_divided(as_persona: Browse, district: District) -> None:
    round_ = factories.open_round(district)
    made = [factories.approved(district, round_, serial) for serial in (1, 2, 3)]
    chair = as_persona("chair")
    chair.post(f"/desk/rounds/{round_.pk}/report/", {"batch_number": "SB-7"})
    preview = chair.post(f"/desk/rounds/{round_.pk}/quota/", {"quota": "2"}).content.decode()
    assert (preview.count("获名额</"), preview.count("候补</")) == (2, 1)
    with acting_as(district.acting("chair")):
        assert set(Case.objects.values_list("state", flat=True)) == {"REPORTED"}
    chair.post(f"/desk/rounds/{round_.pk}/quota/", {"quota": "2", "confirm": "yes"})
    with acting_as(district.acting("chair")):
        states = [Case.objects.get(pk=case.pk).state for case in made]
    assert states == ["ALLOCATED", "ALLOCATED", "WAITING"]


@pytest.mark.parametrize("who", ["dunren", "dadongmen", "finance", "auditor"])
def test_who_manages_no_rounds_is_refused(as_persona: Browse, who: str) -> None:
    assert as_persona(who).get("/desk/rounds/").status_code == 403


@pytest.mark.parametrize("page", ["", "new/", "{pk}/", "{pk}/edit/"])
def test_the_pages_open(as_persona: Browse, district: District, page: str) -> None:
    round_ = factories.open_round(district)
    assert as_persona("officer").get(f"/desk/rounds/{page.format(pk=round_.pk)}").status_code == 200


def test_the_notice_runs_as_the_programme_says_unless_the_officer_says_otherwise(
    as_persona: Browse, district: District
) -> None:
    client = as_persona("officer")
    page = client.get("/desk/rounds/new/?programme=mothers_parcel").content.decode()
    assert 'name="notice_days" value="5"' in page
    parcel = {"programme": "mothers_parcel", "amount": "", "notice_unit": "day"}
    client.post("/desk/rounds/new/", posted(**parcel, notice_days=""))
    client.post("/desk/rounds/new/", posted(**parcel, notice_days="3", title="第二批"))
    with acting_as(district.acting("chair")):
        made = list(Round.objects.order_by("id").values_list("notice_days", "notice_unit"))
    assert made == [(5, "workday"), (3, "day")]


def test_a_round_of_goods_is_bound_to_a_batch_at_the_desk_and_others_are_not(
    as_persona: Browse, district: District
) -> None:
    officer, client = district.acting("officer"), as_persona("officer")
    with acting_as(officer):
        batch = stock.open_batch(
            title="母亲邮包春季批", kind=GoodsKind.objects.get(key="mother_parcel_warm"), planned=10,
            source=Source.FOUNDATION, unit=district.unit("涪陵区妇联"), by=officer,
        )  # fmt: skip
    refused = client.post("/desk/rounds/new/", posted(batch=str(batch.pk))).content.decode()
    assert "这个项目不发物资" in refused
    given = posted(programme="mothers_parcel", amount="", batch=str(batch.pk))
    client.post("/desk/rounds/new/", given)
    made = the_round(district)
    assert made.parameters == {"batch": batch.pk}
    assert "母亲邮包春季批" in client.get(f"/desk/rounds/{made.pk}/").content.decode()
    client.post(f"/desk/rounds/{made.pk}/edit/", {**given, "batch": ""})
    assert the_round(district).parameters == {}


def test_the_page_of_a_table_says_how_many_it_would_list(as_persona: Browse, district: District) -> None:
    round_ = factories.open_round(district)
    factories.submitted(district, round_)
    layouts = registry.version(round_.programme, round_.version).layouts
    pages = [as_persona("officer").get(f"/desk/cases/round/{round_.pk}/table/{one.key}/") for one in layouts]
    assert [page.status_code for page in pages] == [200] * len(layouts)
    parcels = way.open_round(district, "mothers_parcel")
    assert as_persona("officer").get(f"/desk/cases/round/{parcels.pk}/table/hand_over/").status_code == 200
