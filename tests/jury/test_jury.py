"""Jurors judge blind; the database keeps it so until the panel is closed."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import connection

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as, record
from niangjia.core.refused import Refused
from niangjia.jury import actions, queries
from niangjia.jury.kinds import Method, PanelState
from niangjia.jury.models import Entry, Juror, Panel, Recusal, Score
from niangjia.org import actions as org
from niangjia.org import queries as org_queries
from niangjia.org.kinds import PostRole
from niangjia.people import actions as people
from tests.personas import DADONGMEN, FULING, JIAOTONG, District
from tests.web.conftest import Browse, signed_in

CRITERIA = [("内容", 40), ("故事", 60)]


@pytest.fixture
def jurors(district: District) -> list[Acting]:
    """Five people of the district who may score."""
    found = []
    with acting_as(access.house(FULING)) as house:
        for number in range(1, 6):
            post = org.appoint(
                unit=org_queries.district_federation(), role=PostRole.JUROR, starts_on=dt.date(2020, 1, 1),
                ends_on=dt.date(2031, 12, 31), name=f"评委{'甲乙丙丁戊'[number - 1]}", phone=f"1390000000{number}",
            )  # fmt: skip
            account = people.make_account(officer=post.officer, username=f"juror{number}", password="x" * 12)
            record(by=house, stream="test", verb="account.open", subject="test", place=FULING)
            found.append((account, post.pk))
    return [acting for account, post in found if (acting := access.post_of(account, post)) is not None]


def made(district: District, jurors: list[Acting], *, entries: int = 2, method: Method = Method.MEAN) -> Panel:
    officer = district.acting("officer")
    with acting_as(officer):
        panel = actions.make_panel(
            title="最美家庭评审", unit=org_queries.district_federation(), criteria=CRITERIA, method=method, by=officer
        )
        for juror in jurors:
            actions.add_juror(
                panel_id=panel.pk, account_id=juror.account_id, name=juror.person_name,
                unit_name=juror.unit_name, unit_place=juror.place, by=officer,
            )  # fmt: skip
        for number in range(1, entries + 1):
            place = (DADONGMEN, JIAOTONG)[number % 2]
            actions.add_entry(
                panel_id=panel.pk, subject=f"case:{number}", label=f"第{number}家", entry_place=place, by=officer
            )
    return panel


def opened(district: District, jurors: list[Acting], **changes: object) -> Panel:
    panel = made(district, jurors, **changes)  # type: ignore[arg-type]
    officer = district.acting("officer")
    with acting_as(officer):
        return actions.open_panel(panel_id=panel.pk, by=officer)


def entries_of(district: District, panel: Panel) -> list[Entry]:
    with acting_as(district.acting("officer")):
        return list(queries.standing(panel).order_by("id"))


def scored(panel: Panel, juror: Acting, entry: Entry, *points: str) -> None:
    with acting_as(juror):
        actions.score(panel_id=panel.pk, entry_id=entry.pk, typed=points, by=juror)


def all_scored(district: District, panel: Panel, jurors: list[Acting]) -> None:
    for place, entry in enumerate(entries_of(district, panel)):
        for number, juror in enumerate(jurors):
            scored(panel, juror, entry, str(30 + place), str(40 + number))


class TestSettingUp:
    @pytest.mark.parametrize(("number", "words"), [(4, "评委至少5人"), (0, "评委至少5人")])
    def test_too_few_jurors_do_not_begin(
        self, district: District, jurors: list[Acting], number: int, words: str
    ) -> None:
        with pytest.raises(Refused, match=words):
            opened(district, jurors[:number])

    def test_nothing_to_judge_does_not_begin(self, district: District, jurors: list[Acting]) -> None:
        with pytest.raises(Refused, match="还没有评审对象"):
            opened(district, jurors, entries=0)

    def test_a_vote_weighs_thirty_at_most(self, district: District) -> None:
        officer = district.acting("officer")
        with acting_as(officer), pytest.raises(Refused, match="不超过30%"):
            actions.make_panel(
                title="评审", unit=org_queries.district_federation(), criteria=CRITERIA, vote_weight=31, by=officer
            )

    def test_who_sits_in_the_town_of_an_entry_is_recused_from_it(
        self, district: District, jurors: list[Acting]
    ) -> None:
        local = dataclasses.replace(jurors[0], place=DADONGMEN)
        panel = made(district, [local, *jurors[1:]])
        with acting_as(district.acting("officer")):
            assert list(Recusal.objects.filter(panel=panel).values_list("juror__name", "entry__label", "reason")) == [
                ("评委甲", "第2家", "本单位推荐")
            ]


class TestScoring:
    def test_each_sees_her_own_points_until_the_panel_is_closed(self, district: District, jurors: list[Acting]) -> None:
        panel = opened(district, jurors)
        all_scored(district, panel, jurors)
        seen = []
        for who in (jurors[0], district.acting("officer"), district.acting("chair"), district.acting("auditor")):
            with acting_as(who), connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM jury_score")
                seen.append(cursor.fetchone())
        assert seen == [(2,), (0,), (0,), (0,)]
        officer = district.acting("officer")
        with acting_as(officer):
            actions.close_panel(panel_id=panel.pk, by=officer)
            assert Score.objects.count() == 10

    def test_the_organiser_sees_how_far_each_is(self, district: District, jurors: list[Acting]) -> None:
        panel = opened(district, jurors)
        scored(panel, jurors[0], entries_of(district, panel)[0], "30", "40")
        with acting_as(district.acting("officer")):
            assert [(one.juror.name, one.done, one.left) for one in queries.progress(panel)] == [
                ("评委甲", 1, 1), ("评委乙", 0, 2), ("评委丙", 0, 2), ("评委丁", 0, 2), ("评委戊", 0, 2),
            ]  # fmt: skip

    @pytest.mark.parametrize(
        ("typed", "wrong"),
        [
            (["41", "40"], {"p0": "“内容”最高40分。"}),
            (["好", "40"], {"p0": "“内容”请填0到40之间的数，最多一位小数。"}),
            (["30", ""], {"p1": "“故事”请填0到60之间的数，最多一位小数。"}),
            (["30", "-1"], {"p1": "“故事”最高60分。"}),
            (["30", "1.25"], {"p1": "“故事”请填0到60之间的数，最多一位小数。"}),
            (["NaN"], {"p0": "“内容”请填0到40之间的数，最多一位小数。", "p1": "“故事”请填0到60之间的数，最多一位小数。"}),
        ],
    )  # fmt: skip
    def test_wrong_points_name_the_criterion(
        self, district: District, jurors: list[Acting], typed: list[str], wrong: dict[str, str]
    ) -> None:
        panel = opened(district, jurors)
        entry = entries_of(district, panel)[0]
        with acting_as(jurors[0]), pytest.raises(Refused) as caught:
            actions.score(panel_id=panel.pk, entry_id=entry.pk, typed=typed, by=jurors[0])
        assert caught.value.fields == wrong

    def test_the_later_points_count(self, district: District, jurors: list[Acting]) -> None:
        panel = opened(district, jurors)
        entry = entries_of(district, panel)[0]
        scored(panel, jurors[0], entry, "10", "10")
        scored(panel, jurors[0], entry, "30", "40.5")
        with acting_as(jurors[0]):
            assert [(one.points, one.total) for one in Score.objects.all()] == [([30.0, 40.5], 70.5)]

    def test_who_recused_herself_does_not_score_and_who_scored_does_not_recuse(
        self, district: District, jurors: list[Acting]
    ) -> None:
        panel = opened(district, jurors)
        first, second = entries_of(district, panel)
        juror = jurors[0]
        with acting_as(juror):
            actions.recuse(panel_id=panel.pk, entry_id=first.pk, reason="亲属", by=juror)
        with pytest.raises(Refused, match="您已回避"):
            scored(panel, juror, first, "30", "40")
        scored(panel, juror, second, "30", "40")
        with acting_as(juror), pytest.raises(Refused, match="已给这件评过分"):
            actions.recuse(panel_id=panel.pk, entry_id=second.pk, reason="亲属", by=juror)

    def test_an_entry_withdrawn_meanwhile_is_said(self, district: District, jurors: list[Acting]) -> None:
        panel = opened(district, jurors)
        entry = entries_of(district, panel)[0]
        officer = district.acting("officer")
        with acting_as(officer):
            assert actions.withdraw_entry(subject=entry.subject, by=officer) == 1
        with pytest.raises(Refused, match="已退出评审"):
            scored(panel, jurors[0], entry, "30", "40")

    def test_somebody_else_does_not_score(self, district: District, jurors: list[Acting]) -> None:
        panel = opened(district, jurors)
        vice = district.acting("vice")
        with acting_as(vice), pytest.raises(Refused, match="您不是本次评审的评委"):
            actions.score(panel_id=panel.pk, entry_id=entries_of(district, panel)[0].pk, typed=["1", "1"], by=vice)


class TestTheEnd:
    def test_it_is_not_closed_before_all_are_through(self, district: District, jurors: list[Acting]) -> None:
        panel = opened(district, jurors)
        officer = district.acting("officer")
        with acting_as(officer), pytest.raises(Refused, match="评委甲还有2件"):
            actions.close_panel(panel_id=panel.pk, by=officer)

    def test_a_juror_who_left_makes_it_even_until_a_substitute_comes(
        self, district: District, jurors: list[Acting]
    ) -> None:
        panel = opened(district, jurors)
        all_scored(district, panel, jurors)
        officer = district.acting("officer")
        with acting_as(officer):
            leaving = Juror.objects.get(panel=panel, name="评委戊")
            actions.leave(juror_id=leaving.pk, reason="生病", by=officer)
            with pytest.raises(Refused, match="评委至少5人，现有4人。有评委退出的，请先补一位。"):
                actions.close_panel(panel_id=panel.pk, by=officer)

    def test_the_order_is_by_total(self, district: District, jurors: list[Acting]) -> None:
        panel = opened(district, jurors)
        all_scored(district, panel, jurors)
        officer, chair = district.acting("officer"), district.acting("chair")
        with acting_as(officer):
            actions.close_panel(panel_id=panel.pk, by=officer)
            found = queries.ranking(panel)
        assert [(line.entry.label, line.rank, str(line.jury), str(line.final)) for line in found] == [
            ("第2家", 1, "73.00", "73.00"),
            ("第1家", 2, "72.00", "72.00"),
        ]
        with acting_as(chair):
            assert actions.decide(panel_id=panel.pk, by=chair).state == PanelState.DECIDED


class TestThePages:
    def test_a_juror_scores_page_by_page_and_a_wrong_number_stays_typed(
        self, district: District, jurors: list[Acting], as_persona: Browse
    ) -> None:
        panel = opened(district, jurors)
        from niangjia.people.models import Account

        browser = signed_in(Account.objects.get(username="juror1"))
        answer = browser.get(f"/desk/jury/{panel.pk}/score/")
        assert (answer.status_code, answer["Location"]) == (302, f"/desk/jury/{panel.pk}/score/1/")
        wrong = browser.post(f"/desk/jury/{panel.pk}/score/1/", {"p0": "41", "p1": "52"})
        page = wrong.content.decode()
        assert (wrong.status_code, "“内容”最高40分。" in page, 'value="52"' in page) == (422, True, True)
        right = browser.post(f"/desk/jury/{panel.pk}/score/1/", {"p0": "31", "p1": "52"})
        assert right["Location"] == f"/desk/jury/{panel.pk}/score/2/"
        assert "评分进度" not in browser.get(f"/desk/jury/{panel.pk}/").content.decode()

    def test_the_organiser_sets_one_up_with_criteria_line_by_line(self, district: District, as_persona: Browse) -> None:
        browser = as_persona("officer")
        wrong = browser.post(
            "/desk/jury/new/", {"title": "评审", "criteria": "故事", "method": "MEAN", "vote_weight": 0}
        )
        assert "第1行“故事”写不对" in wrong.content.decode()
        right = browser.post(
            "/desk/jury/new/", {"title": "评审", "criteria": "内容 40\n故事 60", "method": "TRIMMED", "vote_weight": 0}
        )
        assert right.status_code == 302
        with acting_as(district.acting("officer")):
            assert Panel.objects.get().criteria == [["内容", 40], ["故事", 60]]

    def test_the_protocol_waits_for_the_end(self, district: District, jurors: list[Acting], as_persona: Browse) -> None:
        panel = opened(district, jurors)
        path = f"/desk/jury/{panel.pk}/protocol/"
        assert as_persona("officer").get(path).status_code == 404
        all_scored(district, panel, jurors)
        officer = district.acting("officer")
        with acting_as(officer):
            actions.close_panel(panel_id=panel.pk, by=officer)
        assert as_persona("officer").get(path).status_code == 200
        assert "第2家" in as_persona("chair").get(f"/desk/jury/{panel.pk}/").content.decode()
