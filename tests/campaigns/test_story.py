"""A documentary is watched in company and alone; what comes of it is counted from records, and voices only by consent."""

import datetime as dt
import io
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from docx import Document
from PIL import Image
from pytest_django import Settings

from niangjia.access.acting import Acting, acting_as
from niangjia.campaigns import actions, queries
from niangjia.campaigns.kinds import Audience, CampaignState, Demand, How, ReflectionState
from niangjia.campaigns.models import Campaign, Photo, Reflection, Return, Showing, Viewing
from niangjia.campaigns.rules import EpisodeLine
from niangjia.core import clock, measures
from niangjia.core.refused import Refused
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.files.models import StoredFile
from niangjia.people.models import Account
from niangjia.reports.documents import campaigns as documents
from tests.campaigns.test_rules import OTHER, THOUGHT
from tests.personas import DADONGMEN, District
from tests.web.conftest import signed_in
from tests.web.desk.cases.test_cases import queries_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)
EPISODES = [EpisodeLine(1, "时代之问"), EpisodeLine(2, "人民民主新境界")]


@pytest.fixture(autouse=True)
def _place_and_time(settings: Settings, tmp_path: Path) -> Any:
    settings.NIANGJIA_UPLOADS = tmp_path / "uploads"
    with clock.frozen(dt.datetime.combine(DAY, dt.time(15), clock.CHINA)):
        yield


def drafted(by: Acting, district: District, **changes: Any) -> Campaign:
    given = {
        "title": "将改革进行到底", "document_number": "涪委宣〔2026〕12号", "episodes": EPISODES, "audiences": [Audience.CADRES, Audience.PUBLIC],
        "starts_on": dt.date(2026, 11, 10), "deadline": dt.date(2026, 11, 22), "reflections": Demand.WELCOME,
    }  # fmt: skip
    return actions.save_campaign(unit=district.unit("涪陵区妇联"), by=by, **{**given, **changes})


def issued(district: District, *units: str, **changes: Any) -> tuple[Campaign, list[Return]]:
    officer = district.acting("officer")
    with acting_as(officer):
        one = drafted(officer, district, **changes)
        chosen = [district.unit(name).pk for name in units or ("敦仁街道妇联", "大东门社区妇联")]
        return actions.issue(campaign_id=one.pk, unit_ids=chosen, by=officer), list(queries.returns(one))


def watched(ret: Return, by: Acting, **changes: Any) -> Showing:
    start = dt.datetime.combine(DAY, dt.time(9), clock.CHINA)
    given = {
        "starts_at": start, "ends_at": start + dt.timedelta(hours=2), "venue": "社区会议室", "episodes": [1],
        "token": uuid.uuid4(), "headcount": 20,
    }  # fmt: skip
    return actions.record_showing(return_id=ret.pk, by=by, **{**given, **changes})


def said(campaign: Campaign, by: Acting, text: str = THOUGHT, **changes: Any) -> Reflection:
    given: dict[str, Any] = {
        "author": by.person_name, "audience": Audience.CADRES, "how": How.WRITTEN, "may_publish": True, "may_name": False,
    }  # fmt: skip
    return actions.reflect(campaign_id=campaign.pk, text=text, by=by, **{**given, **changes})


def test_numbers_come_from_sessions_and_taps_and_only_cadres_have_a_share(district: District) -> None:
    campaign, (dunren, dadongmen) = issued(district)
    assert (campaign.state, dunren.unit.short_name) == (CampaignState.RUNNING, "敦仁街道妇联")
    chair, village = district.acting("dunren"), district.acting("dadongmen")
    with acting_as(chair):
        actions.declare_viewing(campaign_id=campaign.pk, episodes=[e.pk for e in queries.episodes(campaign)], by=chair)
        assert (
            actions.declare_viewing(campaign_id=campaign.pk, episodes=[queries.episodes(campaign)[0].pk], by=chair) == 0
        )
    with acting_as(village):
        ((officer, name),) = queries.officers_of(dadongmen)
        assert name == "大东门主席"  # the executive member is asked nothing here
        token = uuid.uuid4()
        for _ in range(2):  # sent twice, it is one
            watched(dadongmen, village, officers=[officer], names=["王阿姨", "李姐"], token=token)
        watched(dadongmen, village, episodes=[2], officers=[officer], names=["王阿姨"], headcount=None)
    with acting_as(district.acting("officer")):
        parts = queries.figures(campaign)
        assert parts[dadongmen.pk] == queries.Figures(sessions=2, attendances=25, covered=1, officers=1)
        assert parts[dunren.pk] == queries.Figures(alone=1, covered=1, officers=1)
        got = {
            key: measures.value(measures.get(f"study.{key}")) for key in ("sessions", "attendances", "viewers", "units")
        }
        assert got == {"sessions": 2, "attendances": 25, "viewers": 1, "units": 0}
    with acting_as(chair):
        viewings = queries.declared(campaign.pk, chair.account_id)
        assert actions.take_back_viewing(campaign_id=campaign.pk, episodes=list(viewings), by=chair) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"episodes": []}, "episodes"),
        ({"headcount": None}, "headcount"),
        ({"starts_at": dt.datetime(2026, 11, 21, 9, tzinfo=clock.CHINA)}, "starts_at"),
        ({"starts_at": dt.datetime(2026, 11, 1, 9, tzinfo=clock.CHINA)}, "starts_at"),
        ({"officers": [0]}, "officers"),
        ({"households": 30}, "households"),
    ],
)
def test_a_session_that_cannot_be_is_refused_whole(district: District, changes: dict[str, Any], field: str) -> None:
    _, (ret,) = issued(district, "大东门社区妇联")
    village = district.acting("dadongmen")
    with acting_as(village):
        with pytest.raises(Refused) as refused, transaction.atomic():
            watched(ret, village, **changes)
        assert (list(refused.value.fields), Showing.objects.count()) == ([field], 0)


def test_nobody_asks_the_public_for_reflections_and_a_deadline_is_not_brought_forward(district: District) -> None:
    officer = district.acting("officer")
    with acting_as(officer):
        with pytest.raises(Refused) as refused:
            drafted(officer, district, reflections=Demand.REQUIRED, reflections_from=[Audience.PUBLIC])
        assert refused.value.fields == {"reflections_from": "不能要求群众写心得，群众自愿。"}
    campaign, _ = issued(district)
    with acting_as(officer), pytest.raises(Refused) as refused:
        drafted(officer, district, campaign_id=campaign.pk, deadline=dt.date(2026, 11, 21))
    assert refused.value.fields == {"deadline": "下发以后截止日期只能推后，不能提前。"}


def photo(by: Acting) -> Any:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return files.store(
        name="现场.jpg", data=out.getvalue(), purpose="study", place=DADONGMEN, by=by, kinds=[FileKind.IMAGE]
    )


def word_text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_the_report_says_what_was_done_and_shows_only_what_was_agreed_to(district: District) -> None:
    campaign, (ret,) = issued(district, "大东门社区妇联")
    village, officer, chair = (district.acting(who) for who in ("dadongmen", "officer", "chair"))
    with acting_as(village):
        showing = watched(ret, village)
        for shown in (True, False):
            actions.add_photos(showing_id=showing.pk, files=lambda: [photo(village)], shown=shown, by=village)
        with pytest.raises(Refused, match="照片没有保存"), transaction.atomic():
            actions.add_photos(showing_id=showing.pk, files=lambda: [photo(village)], shown=True, by=village)
        unwanted = Photo.objects.get(shown=False).pk
        for _ in range(2):  # taken away twice, it is gone once, and its file with it
            actions.remove_photo(photo_id=unwanted, by=village)
        assert StoredFile.objects.filter(purpose="study").count() == 1
        one = said(campaign, village)
        said(campaign, village, OTHER, may_publish=False)
        copy = said(campaign, village, THOUGHT.replace("姐妹", "姊妹"), author="王阿姨", audience=Audience.PUBLIC)
        actions.submit(return_id=ret.pk, note="在院坝里放，放完就议。", by=village)
    with acting_as(officer):
        assert [(near.one, near.other) for near in queries.near(campaign)] == [(one.pk, copy.pk)]
        actions.sort(reflection_id=one.pk, select=True, by=officer)
        with pytest.raises(Refused) as refused:
            actions.publish(reflection_id=one.pk, shown_text="我最大的感受是领导关心。", by=officer)
        assert list(refused.value.fields) == ["shown_text"]
        actions.publish(reflection_id=one.pk, shown_text="改革就在身边。", by=officer)
        actions.decide(return_id=ret.pk, accept=True, by=officer)
        drawn = documents.report(campaign)
        text = word_text(documents.word(drawn))
    assert "1个单位中有1个组织了收看。集中收看1场、20人次。个人自行收看0人。" in text
    assert "收到心得体会3篇，经本人同意发布1篇。" in text
    assert ("改革就在身边。（一位干部职工）" in text, "大东门主席" in text, len(drawn.photos)) == (True, False, 1)
    with acting_as(village), pytest.raises(Refused, match="已接收"):
        watched(ret, village)
    with acting_as(village):
        actions.take_back(reflection_id=one.pk, whole=False, by=village)
    with acting_as(chair):
        assert queries.voices(campaign) == []
        assert measures.value(measures.get("study.units")) == 1


def test_a_helper_types_only_what_is_kept_with_the_text(district: District) -> None:
    campaign, _ = issued(district)
    village = district.acting("dadongmen")
    with acting_as(village):
        with pytest.raises(Refused) as refused:
            said(campaign, village, how=How.PHOTO, author="王阿姨")
        assert refused.value.fields == {"file": "他人打字的，请附录音或手写稿照片。"}
        one = said(campaign, village, how=How.PHOTO, author="王阿姨", file=lambda: photo(village))
        assert (one.typed_by, one.credit) == (village.signature, "一位干部职工")


def test_a_campaign_runs_out_by_itself_and_then_takes_nothing(district: District) -> None:
    campaign, (ret,) = issued(district, "大东门社区妇联")
    officer, village = district.acting("officer"), district.acting("dadongmen")
    with clock.frozen(dt.date(2026, 11, 23)), acting_as(officer):
        assert (actions.turn(by=officer), actions.turn(by=officer)) == (1, 0)
        for to in (CampaignState.CLOSED, CampaignState.ARCHIVED):
            actions.move(campaign_id=campaign.pk, to=to, by=officer)
        with pytest.raises(Refused, match="现在是“已归档”"):
            actions.move(campaign_id=campaign.pk, to=CampaignState.RUNNING, by=officer)
    with acting_as(village), pytest.raises(Refused, match="不能再登记"):
        watched(ret, village)


def test_a_unit_sees_its_own_return_and_no_other(district: District) -> None:
    campaign, _ = issued(district, "敦仁街道妇联", "崇义街道妇联", "大东门社区妇联")

    def seen(who: str) -> Sequence[str]:
        with acting_as(district.acting(who)):
            return [one.unit.short_name for one in queries.returns(Campaign.objects.get(pk=campaign.pk))]

    assert [seen(who) for who in ("chongyi", "dadongmen", "dunren")] == [
        ["崇义街道妇联"], ["大东门社区妇联"], ["敦仁街道妇联", "大东门社区妇联"]
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
def test_a_resident_says_with_one_tap_that_she_watched_and_takes_everything_back(
    district: District, client: Client
) -> None:
    campaign, _ = issued(district)
    woman = signed_in(Account.objects.get(pk=district.resident().account_id))
    address = f"/study/{campaign.pk}/"
    assert "人民民主新境界" in client.get(address).content.decode()
    woman.post(f"{address}view/")
    reply = woman.post(
        f"{address}mine/",
        {"author": "王阿姨", "how": "DICTATED", "text": THOUGHT, "may_publish": "on", "may_name": "on"},
    )
    assert reply.status_code == 302
    officer = district.acting("officer")
    with acting_as(officer):
        (one,) = Reflection.objects.all()
        assert (Viewing.objects.count(), one.how, one.audience) == (2, How.DICTATED, Audience.PUBLIC)
        assert queries.total(campaign, {}).alone == 1
        actions.sort(reflection_id=one.pk, select=True, by=officer)
        actions.publish(reflection_id=one.pk, shown_text=THOUGHT, by=officer)
    assert "王阿姨" in client.get(address).content.decode()
    woman.post(f"/study/reflections/{one.pk}/", {"what": "consent"})
    woman.post(f"{address}view/", {"do": "back"})
    page = client.get(address).content.decode()
    assert ("王阿姨" in page, THOUGHT[:8] in page) == (False, False)
    with acting_as(officer):
        one.refresh_from_db()
        assert (one.state, one.may_name, Viewing.objects.count()) == (ReflectionState.KEPT, False, 0)


def test_a_campaign_takes_as_many_reads_with_one_unit_and_text_as_with_three(district: District) -> None:
    officer, village = district.acting("officer"), district.acting("dadongmen")
    campaign, (ret,) = issued(district, "大东门社区妇联")
    browser = signed_in(district.accounts["officer"])
    with acting_as(village):
        watched(ret, village)
        said(campaign, village)
    pages = [
        f"/desk/campaigns/{campaign.pk}/",
        f"/desk/campaigns/{campaign.pk}/reflections/",
        f"/desk/campaigns/{campaign.pk}/report/",
    ]

    def reads(page: str) -> int:
        return queries_of(lambda: browser.get(page))

    browser.get("/desk/campaigns/")  # the first page of a session notes that she was seen
    before = [reads(page) for page in pages]
    with acting_as(officer):
        more = [district.unit(name).pk for name in ("敦仁街道妇联", "崇义街道妇联")]
        actions.issue(campaign_id=campaign.pk, unit_ids=more, by=officer)
    with acting_as(village):
        watched(ret, village, names=["王阿姨", "李姐"])
        for text in (OTHER, OTHER + THOUGHT):
            said(campaign, village, text)
    assert [reads(page) for page in pages] == before


def test_officers_do_all_of_it_on_pages(district: District) -> None:
    officer, village = (signed_in(district.accounts[who]) for who in ("officer", "dadongmen"))
    form = {
        "title": "将改革进行到底", "episodes": "1 | 时代之问\n2 | 人民民主新境界", "group": "on", "alone": "on", "audiences": ["CADRES"],
        "starts_on": "2026-11-10", "deadline": "2026-11-22", "reflections": "WELCOME", "least_characters": "0", "most_photos": "2",
    }  # fmt: skip
    wrong = officer.post("/desk/campaigns/new/", {**form, "episodes": "1 | 甲\n1 | 乙"})
    assert (wrong.status_code, "第2行“集”" in wrong.content.decode()) == (422, True)
    made = officer.post("/desk/campaigns/new/", form)["Location"]
    assert (
        officer.post(f"{made}issue/", {"units": [district.unit("敦仁街道妇联").pk], "villages": "on"}).status_code
        == 302
    )
    assert "本单位待上报" in village.get("/desk/campaigns/").content.decode()
    assert village.post(f"{made}view/").status_code == 302
    assert village.post(
        f"{made}reflect/",
        {"author": "王阿姨", "audience": "CADRES", "how": "WRITTEN", "text": THOUGHT, "may_publish": "on"},
    ).status_code == 302  # fmt: skip
    with acting_as(district.acting("dadongmen")):
        ret, one = Return.objects.get(), Reflection.objects.get()
    assert village.post(
        f"/desk/campaigns/returns/{ret.pk}/showing/",
        {"starts_at": "2026-11-20T09:00", "ends_at": "2026-11-20T11:00", "venue": "会议室", "episodes": ["1"], "headcount": "12",
         "token": uuid.uuid4()},
    ).status_code == 302  # fmt: skip
    assert village.post(f"/desk/campaigns/returns/{ret.pk}/", {"note": ""}).status_code == 302
    officer.post(f"/desk/campaigns/reflections/{one.pk}/", {"do": "select"})
    officer.post(f"/desk/campaigns/reflections/{one.pk}/", {"shown_text": THOUGHT})
    officer.post(f"/desk/campaigns/returns/{ret.pk}/decide/", {"do": "accept"})
    report = officer.get(f"{made}report/").content.decode()
    assert ("集中收看1场、12人次" in report, "一位干部职工" in report) == (True, True)
    pages = [
        made,
        f"{made}edit/",
        f"{made}reflections/",
        f"/desk/campaigns/returns/{ret.pk}/",
        f"/desk/campaigns/reflections/{one.pk}/",
    ]
    assert [officer.get(page).status_code for page in pages] == [200] * 5
    assert officer.post(f"{made}report.docx")["Content-Type"].endswith("wordprocessingml.document")
    assert officer.post(f"{made}export/", {"why": "汇总"})["Content-Type"].endswith("spreadsheetml.sheet")
