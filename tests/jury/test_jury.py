"""Jurors judge blind; the database keeps it so until the panel is closed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image
from psycopg.errors import InsufficientPrivilege

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as, record
from niangjia.core.refused import Refused
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.jury import actions, queries
from niangjia.jury.kinds import Leavers, Method, PanelState, Ties
from niangjia.jury.models import Entry, Juror, Panel, Recusal, Score
from niangjia.org import actions as org
from niangjia.org import queries as org_queries
from niangjia.org.kinds import PostRole
from niangjia.people import actions as people
from niangjia.people.models import Account
from niangjia.trail.models import Entry as Entry_of_trail
from niangjia.voting import actions as voting
from niangjia.web.desk.jury import bridge
from tests.personas import CHONGYI, DADONGMEN, FULING, JIAOTONG, District
from tests.voting.conftest import make_poll, vote
from tests.web.conftest import Browse, signed_in

CRITERIA = [("内容", 40), ("故事", 60)]
RULES = {"ties": "FIRST", "leavers": "KEPT"}


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


def made(
    district: District, jurors: list[Acting], *, entries: int = 2, method: Method = Method.MEAN,
    quota: int | None = None, leavers: Leavers = Leavers.KEPT,
) -> Panel:  # fmt: skip
    officer = district.acting("officer")
    with acting_as(officer):
        panel = actions.make_panel(
            title="最美家庭评审", unit=org_queries.district_federation(), criteria=CRITERIA, method=method,
            quota=quota, leavers=leavers, by=officer,
        )  # fmt: skip
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


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return out.getvalue()


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
            assert [(one.juror.name, one.done, one.left) for one in queries.progress(panel, queries.sitting(panel), queries.standing(panel).count())] == [
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
            actions.decide(panel_id=panel.pk, by=chair)
            assert Panel.objects.get(pk=panel.pk).state == PanelState.DECIDED


class TestThePages:
    def test_a_juror_scores_page_by_page_and_a_wrong_number_stays_typed(
        self, district: District, jurors: list[Acting], as_persona: Browse
    ) -> None:
        panel = opened(district, jurors)
        browser = signed_in(Account.objects.get(username="juror1"))
        with acting_as(jurors[0]):
            order = queries.ballot_order(panel, Juror.objects.get(panel=panel, name="评委甲"))
        first, second = (f"/desk/jury/{panel.pk}/score/{entry.pk}/" for entry in order)
        answer = browser.get(f"/desk/jury/{panel.pk}/score/")
        assert (answer.status_code, answer["Location"]) == (302, first)
        wrong = browser.post(first, {"p0": "41", "p1": "52"})
        page = wrong.content.decode()
        assert (wrong.status_code, "“内容”最高40分。" in page, 'value="52"' in page) == (422, True, True)
        right = browser.post(first, {"p0": "31", "p1": "52"})
        assert right["Location"] == second
        assert "评分进度" not in browser.get(f"/desk/jury/{panel.pk}/").content.decode()

    def test_the_organiser_sets_one_up_with_criteria_line_by_line(self, district: District, as_persona: Browse) -> None:
        browser = as_persona("officer")
        wrong = browser.post(
            "/desk/jury/new/", {"title": "评审", "criteria": "故事", "method": "MEAN", "vote_weight": 0, **RULES}
        )
        assert "第1行“故事”写不对" in wrong.content.decode()
        right = browser.post(
            "/desk/jury/new/",
            {"title": "评审", "criteria": "内容 40\n故事 60", "method": "TRIMMED", "vote_weight": 0, **RULES},
        )
        assert right.status_code == 302
        with acting_as(district.acting("officer")):
            assert Panel.objects.get().criteria == [["内容", 40], ["故事", 60]]

    def test_the_page_of_a_jury_at_work_asks_the_database_a_dozen_times(
        self, district: District, jurors: list[Acting], as_persona: Browse
    ) -> None:
        browser, path = as_persona("officer"), f"/desk/jury/{opened(district, jurors).pk}/"
        browser.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(path).status_code == 200
        # What a test's own outer transaction adds to a request is left out.
        outside = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")
        assert sum(not query["sql"].startswith(outside) for query in asked) == 12

    def test_the_protocol_waits_for_the_end(self, district: District, jurors: list[Acting], as_persona: Browse) -> None:
        panel = opened(district, jurors)
        path = f"/desk/jury/{panel.pk}/protocol/"
        assert as_persona("officer").post(path).status_code == 404
        all_scored(district, panel, jurors)
        officer = district.acting("officer")
        with acting_as(officer):
            actions.close_panel(panel_id=panel.pk, by=officer)
        answer = as_persona("officer").post(path)
        assert (answer.status_code, answer.content[:2]) == (200, b"PK")
        with acting_as(district.acting("auditor")):
            assert Entry_of_trail.objects.filter(verb="jury.export").count() == 1
        assert "第2家" in as_persona("chair").get(f"/desk/jury/{panel.pk}/").content.decode()


class TestWhileTheyScore:
    def test_one_withdrawn_leaves_the_address_and_the_order_of_the_others(
        self, district: District, jurors: list[Acting]
    ) -> None:
        panel = opened(district, jurors, entries=6)
        with acting_as(jurors[0]):
            juror = Juror.objects.get(panel=panel, name="评委甲")
            before = queries.ballot_order(panel, juror)
        officer = district.acting("officer")
        with acting_as(officer):
            actions.remove_entry(panel_id=panel.pk, entry_id=before[1].pk, by=officer)
        with acting_as(jurors[0]):
            assert queries.ballot_order(panel, juror) == [before[0], *before[2:]]

    def test_points_for_one_withdrawn_meanwhile_are_shown_back_and_land_nowhere(
        self, district: District, jurors: list[Acting]
    ) -> None:
        panel = opened(district, jurors)
        gone = entries_of(district, panel)[0]
        officer = district.acting("officer")
        with acting_as(officer):
            actions.withdraw_entry(subject=gone.subject, by=officer)
        browser = signed_in(Account.objects.get(username="juror1"))
        answer = browser.post(f"/desk/jury/{panel.pk}/score/{gone.pk}/", {"p0": "31", "p1": "52"})
        page = answer.content.decode()
        assert (answer.status_code, "已退出评审" in page, 'value="52"' in page) == (422, True, True)
        with acting_as(jurors[0]):
            assert Score.objects.count() == 0

    def test_a_panel_closed_meanwhile_is_said_and_what_she_typed_is_shown_back(
        self, district: District, jurors: list[Acting]
    ) -> None:
        panel = opened(district, jurors)
        all_scored(district, panel, jurors)
        officer = district.acting("officer")
        with acting_as(officer):
            actions.close_panel(panel_id=panel.pk, by=officer)
        entry = entries_of(district, panel)[0]
        browser = signed_in(Account.objects.get(username="juror1"))
        answer = browser.post(f"/desk/jury/{panel.pk}/score/{entry.pk}/", {"p0": "11", "p1": "12"})
        page = answer.content.decode()
        assert (answer.status_code, "评分已经结束，这次填写没有保存" in page, 'value="11"' in page) == (422, True, True)
        with acting_as(officer):
            assert not Score.objects.filter(total=23).exists()

    def test_what_she_gave_before_is_kept_out_of_the_trail_and_beside_her_points(
        self, district: District, jurors: list[Acting]
    ) -> None:
        panel = opened(district, jurors)
        entry = entries_of(district, panel)[0]
        for points in (("10", "11"), ("10", "11"), ("30", "40")):
            scored(panel, jurors[0], entry, *points)
        with acting_as(jurors[0]):
            assert [one["points"] for one in Score.objects.get().earlier] == [[10.0, 11.0]]
        with acting_as(district.acting("auditor")):
            said = Entry_of_trail.objects.filter(verb="jury.score").order_by("id").values_list("summary", flat=True)
            assert [(one["changed"], "points" in one) for one in said] == [
                (False, False),
                (False, False),
                (True, False),
            ]

    @pytest.mark.parametrize(
        ("leavers", "totals"), [(Leavers.KEPT, {"第1家": 6, "第2家": 5}), (Leavers.SET_ASIDE, {"第1家": 5, "第2家": 5})]
    )
    def test_whether_points_of_one_who_left_count_is_said_by_the_panel(
        self, district: District, jurors: list[Acting], leavers: Leavers, totals: dict[str, int]
    ) -> None:
        panel = opened(district, jurors[:5], leavers=leavers)
        first, second = entries_of(district, panel)
        scored(panel, jurors[4], first, "1", "1")
        officer, vice = district.acting("officer"), district.acting("vice")
        with acting_as(officer):
            actions.leave(juror_id=Juror.objects.get(panel=panel, name="评委戊").pk, reason="生病", by=officer)
            actions.add_juror(
                panel_id=panel.pk,
                account_id=vice.account_id,
                name="区副主席乙",
                unit_name="",
                unit_place="",
                by=officer,
            )
            with pytest.raises(Refused, match="评委戊已经退出"):
                actions.leave(juror_id=Juror.objects.get(panel=panel, name="评委戊").pk, reason="生病", by=officer)
            with pytest.raises(Refused, match="找不到这位评委"):
                actions.leave(juror_id=0, reason="生病", by=officer)
        for juror in (*jurors[:4], vice):
            scored(panel, juror, first, "30", "40")
            scored(panel, juror, second, "20", "40")
        with acting_as(officer):
            actions.close_panel(panel_id=panel.pk, by=officer)
            assert {line.entry.label: len(line.scores) for line in queries.ranking(panel)} == totals

    def test_an_entry_all_stood_back_from_stops_the_end(self, district: District, jurors: list[Acting]) -> None:
        panel = opened(district, jurors)
        first, second = entries_of(district, panel)
        for juror in jurors:
            scored(panel, juror, second, "30", "40")
            with acting_as(juror):
                actions.recuse(panel_id=panel.pk, entry_id=first.pk, reason="亲属", by=juror)
        officer = district.acting("officer")
        with acting_as(officer), pytest.raises(Refused, match="“第1家”所有评委都回避了"):
            actions.close_panel(panel_id=panel.pk, by=officer)


class TestTheDatabaseAlone:
    """Raw SQL under the acting role, past every line of Python."""

    @pytest.mark.parametrize(
        ("who", "statement"),
        [
            (1, "UPDATE jury_score SET points = '[40, 60]', total = 100 WHERE panel_id = {panel}"),
            (0, "UPDATE jury_score SET juror_id = juror_id + 1 WHERE panel_id = {panel}"),
            (0, "UPDATE jury_juror SET account_id = 0 WHERE panel_id = {panel}"),
            (0, "UPDATE jury_entry SET label = '甲' WHERE panel_id = {panel}"),
            (0, "UPDATE jury_panel SET state = 'DRAFT' WHERE id = {panel}"),
            (0, "UPDATE jury_panel SET quota = 9 WHERE id = {panel}"),
            (0, "DELETE FROM jury_score"),
            (0, "DELETE FROM jury_recusal"),
            (
                1,
                "INSERT INTO jury_score (panel_id, juror_id, entry_id, points, total, remark, earlier, at, place) "
                "SELECT {panel}, {juror}, {entry}, '[40, 60]', 100, '', '[]', now(), '500102000000'",
            ),
        ],
    )
    def test_it_refuses_what_would_bend_the_outcome(
        self, district: District, jurors: list[Acting], who: int, statement: str
    ) -> None:
        panel = opened(district, jurors)
        first, second = entries_of(district, panel)
        scored(panel, jurors[0], first, "30", "40")
        with acting_as(district.acting("officer")):
            juror = Juror.objects.get(panel=panel, name="评委甲").pk
        changed = 0
        try:
            with acting_as(jurors[who]), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement.format(panel=panel.pk, juror=juror, entry=second.pk))
                changed = cursor.rowcount
                transaction.set_rollback(True)
        except DatabaseError as error:
            changed = 0 if isinstance(error.__cause__, InsufficientPrivilege) else -1
        assert changed == 0

    def test_nobody_scores_what_she_stood_back_from_or_what_is_out(
        self, district: District, jurors: list[Acting]
    ) -> None:
        panel = opened(district, jurors)
        first, second = entries_of(district, panel)
        officer = district.acting("officer")
        with acting_as(jurors[0]):
            actions.recuse(panel_id=panel.pk, entry_id=first.pk, reason="亲属", by=jurors[0])
        with acting_as(officer):
            actions.withdraw_entry(subject=second.subject, by=officer)
            juror = Juror.objects.get(panel=panel, name="评委甲").pk
        for entry in (first, second):
            with (
                pytest.raises(DatabaseError, match="row-level security"),
                acting_as(jurors[0]),
                connection.cursor() as cursor,
            ):
                cursor.execute(
                    "INSERT INTO jury_score (panel_id, juror_id, entry_id, points, total, remark, earlier, at, place) "
                    "VALUES (%s, %s, %s, '[1, 1]', 2, '', '[]', now(), %s)",
                    [panel.pk, juror, entry.pk, FULING],
                )


class TestDeciding:
    def closed(self, district: District, jurors: list[Acting], quota: int | None, *, entries: int = 3) -> Panel:
        """Entries of equal points throughout: all share the first place."""
        panel = opened(district, jurors, entries=entries, quota=quota)
        for entry in entries_of(district, panel):
            for juror in jurors:
                scored(panel, juror, entry, "30", "40")
        officer = district.acting("officer")
        with acting_as(officer):
            return actions.close_panel(panel_id=panel.pk, by=officer)

    @pytest.mark.parametrize(
        ("quota", "picked", "words"),
        [
            (2, ["case:1", "case:2", "case:3"], "最多再勾选2件"),
            (2, ["case:9"], "只能在并列的评审对象中勾选"),
            (3, ["case:1"], "只能在并列的评审对象中勾选"),
        ],
    )
    def test_no_more_are_in_than_there_are_places(
        self, district: District, jurors: list[Acting], quota: int, picked: list[str], words: str
    ) -> None:
        panel, chair = self.closed(district, jurors, quota), district.acting("chair")
        with acting_as(chair), pytest.raises(Refused, match=words):
            actions.decide(panel_id=panel.pk, picked=picked, by=chair)

    @pytest.mark.parametrize(
        ("quota", "picked", "chosen"),
        [
            (2, ["case:1", "case:3"], ["第1家", "第3家"]),
            (2, ["case:2"], ["第2家"]),
            (3, [], ["第1家", "第2家", "第3家"]),
            (None, ["case:2"], ["第2家"]),
            (None, [], []),
        ],
    )
    def test_who_shares_the_last_place_is_picked_by_the_chair_and_stays_so(
        self, district: District, jurors: list[Acting], quota: int | None, picked: list[str], chosen: list[str]
    ) -> None:
        panel, chair = self.closed(district, jurors, quota), district.acting("chair")
        with acting_as(chair):
            actions.decide(panel_id=panel.pk, picked=picked, by=chair)
            assert list(Entry.objects.filter(panel=panel, chosen=True).values_list("label", flat=True)) == chosen
            assert Panel.objects.get(pk=panel.pk).decided_by == chair.signature

    def test_what_cannot_be_settled_leaves_the_jury_undecided(
        self, district: District, jurors: list[Acting], as_persona: Browse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        panel = self.closed(district, jurors, 3)

        def refuse(*args: object) -> int:
            raise Refused("名额已满。")

        monkeypatch.setattr("niangjia.web.desk.jury.bridge.settle", refuse)
        answer = as_persona("chair").post(f"/desk/jury/{panel.pk}/do/decide/", follow=True)
        assert "名额已满。" in answer.content.decode()
        with acting_as(district.acting("chair")):
            assert Panel.objects.get(pk=panel.pk).state == PanelState.CLOSED

    def test_a_counted_vote_on_the_round_weighs_in_and_what_was_decided_stays(
        self, district: District, jurors: list[Acting], as_persona: Browse
    ) -> None:
        officer, chair = district.acting("officer"), district.acting("chair")
        with acting_as(officer):
            panel = actions.make_panel(
                title="最美庭院评审", unit=org_queries.district_federation(), criteria=CRITERIA, subject="round:5",
                vote_weight=30, quota=1, by=officer,
            )  # fmt: skip
            for juror in jurors:
                actions.add_juror(
                    panel_id=panel.pk, account_id=juror.account_id, name=juror.person_name, unit_name="", unit_place="",
                    by=officer,
                )  # fmt: skip
            for number in (1, 2):
                actions.add_entry(panel_id=panel.pk, subject=f"case:{number}", label=f"第{number}家", by=officer)
            actions.open_panel(panel_id=panel.pk, by=officer)
        for entry in entries_of(district, panel):
            for juror in jurors:
                scored(panel, juror, entry, "30", "50")
        with acting_as(officer):
            panel = actions.close_panel(panel_id=panel.pk, by=officer)
        poll = make_poll(district, subject="round:5", min_choices=1)
        vote(poll, "13800000001", 2)
        with acting_as(officer):
            voting.close_poll(poll_id=poll.pk, by=officer)
            voting.count_poll(poll_id=poll.pk, by=officer)
            assert bridge.votes_for(panel) == {f"case:{number}": Decimal(int(number == 2)) for number in range(1, 6)}
        page = as_persona("chair").get(f"/desk/jury/{panel.pk}/").content.decode()
        assert ("86.00" in page, "56.00" in page) == (True, True)
        with acting_as(chair):
            chosen = actions.decide(panel_id=panel.pk, votes=bridge.votes_for(panel), by=chair)
            decided = Panel.objects.get(pk=panel.pk)
            later = queries.ranking(decided, {"case:1": Decimal(1), "case:2": Decimal(0)})
        assert [entry.label for entry in chosen] == ["第2家"]
        assert [(line.entry.label, str(line.final)) for line in later] == [("第2家", "86.00"), ("第1家", "56.00")]

    def test_staff_do_not_decide(self, district: District, jurors: list[Acting], as_persona: Browse) -> None:
        panel = self.closed(district, jurors, 3)
        assert as_persona("officer").post(f"/desk/jury/{panel.pk}/do/decide/").status_code == 403


class TestMorePages:
    def test_the_rules_are_changed_until_scoring_begins(
        self, district: District, jurors: list[Acting], as_persona: Browse
    ) -> None:
        panel, browser = made(district, jurors), as_persona("officer")
        path = f"/desk/jury/{panel.pk}/edit/"
        assert "内容 40\n故事 60" in browser.get(path).content.decode()
        new = {"title": "改", "criteria": "故事 100", "method": "TRIMMED", "vote_weight": 30, "quota": 2}
        assert browser.post(path, {**new, "ties": "SHARED", "leavers": "ASIDE"}).status_code == 302
        officer = district.acting("officer")
        with acting_as(officer):
            now = Panel.objects.get(pk=panel.pk)
            assert (now.criteria, now.method, now.ties, now.leavers, now.quota) == (
                [["故事", 100]], Method.TRIMMED, Ties.SHARED, Leavers.SET_ASIDE, 2,
            )  # fmt: skip
            actions.open_panel(panel_id=panel.pk, by=officer)
        assert browser.get(path)["Location"] == f"/desk/jury/{panel.pk}/"

    @pytest.mark.parametrize(
        ("label", "words", "number"), [("村歌队", "已添加“村歌队”。", 3), (" ", "请填写名称。", 2)]
    )
    def test_what_has_no_case_is_added_by_name(
        self, district: District, jurors: list[Acting], as_persona: Browse, label: str, words: str, number: int
    ) -> None:
        panel = made(district, jurors)
        answer = as_persona("officer").post(f"/desk/jury/{panel.pk}/do/entry/", {"label": label}, follow=True)
        assert words in answer.content.decode()
        assert len(entries_of(district, panel)) == number

    def test_the_organiser_takes_one_out(self, district: District, jurors: list[Acting], as_persona: Browse) -> None:
        panel, browser = opened(district, jurors), as_persona("officer")
        path = f"/desk/jury/{panel.pk}/do/withdraw/"
        one = {"entry": entries_of(district, panel)[0].pk}
        assert "“第1家”已退出评审。" in browser.post(path, one, follow=True).content.decode()
        assert "这件已不在评审名单中。" in browser.post(path, one, follow=True).content.decode()

    def test_who_also_has_an_office_in_a_town_is_recused_from_what_comes_from_there(
        self, district: District, jurors: list[Acting], as_persona: Browse
    ) -> None:
        panel = made(district, jurors[:4])
        with acting_as(access.house(FULING)):
            account = Account.objects.get(username="juror5")
            assert account.officer_id is not None
            post = org_queries.running_posts(dt.date(2026, 11, 24)).get(officer_id=account.officer_id)
            org.appoint(
                unit=district.unit("敦仁街道妇联"), role=PostRole.EXEC_MEMBER, person=post.officer,
                starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2031, 12, 31),
            )  # fmt: skip
        as_persona("officer").post(f"/desk/jury/{panel.pk}/do/juror/", {"account": f"{account.pk}:{post.pk}"})
        with acting_as(district.acting("officer")):
            assert list(Recusal.objects.values_list("juror__name", "entry__label")) == [("评委戊", "第2家")]

    def test_a_town_chosen_by_the_organiser_recuses_too(
        self, district: District, jurors: list[Acting], as_persona: Browse
    ) -> None:
        panel, juror = made(district, jurors[:4]), jurors[4]
        as_persona("officer").post(
            f"/desk/jury/{panel.pk}/do/juror/",
            {"account": f"{juror.account_id}:{juror.post_id}", "home": CHONGYI},
        )
        with acting_as(district.acting("officer")):
            assert list(Recusal.objects.values_list("juror__name", "entry__label")) == [("评委戊", "第1家")]

    def test_a_juror_sees_the_pictures_of_her_entries_and_that_is_noted(
        self, district: District, jurors: list[Acting], as_persona: Browse
    ) -> None:
        officer = district.acting("officer")
        panel = made(district, jurors)
        with acting_as(officer):
            kept = files.store(
                name="院子.png", data=picture(), purpose="case", place=FULING, by=officer, kinds=[FileKind.IMAGE]
            )
            entry = actions.add_entry(panel_id=panel.pk, label="院子", files=[str(kept.pk)], by=officer)
            assert entry is not None
            actions.open_panel(panel_id=panel.pk, by=officer)
        browser = signed_in(Account.objects.get(username="juror1"))
        path = f"/desk/jury/{panel.pk}/score/{entry.pk}/"
        assert f'src="{path}{kept.pk}/"' in browser.get(path).content.decode()
        answer = browser.get(f"{path}{kept.pk}/")
        assert (answer.status_code, answer["Content-Type"]) == (200, kept.mime)
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        other = entries_of(district, panel)[0]
        assert browser.get(f"/desk/jury/{panel.pk}/score/{other.pk}/{kept.pk}/").status_code == 404
        assert as_persona("officer").get(f"{path}{kept.pk}/").status_code == 403
        with acting_as(district.acting("auditor")):
            assert Entry_of_trail.objects.filter(verb="file.open", subject=f"panel:{panel.pk}").count() == 1
