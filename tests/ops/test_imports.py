import io
from pathlib import Path

import pytest
from rich.progress import Progress

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.letters import sheets_out
from niangjia.ops import imports
from niangjia.ops.kinds import BadInputError
from niangjia.org.models import Post
from niangjia.people.models import Account
from niangjia.reports.tables.roster import ROSTER
from tests.personas import FULING, SINCE, UNTIL, District

PLAN = """涪陵区妇联2026年工作计划
一、做好两癌救助
（一）救助患病妇女不少于30人。
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.txt"
    path.write_text(PLAN)
    return path


def test_a_plan_becomes_a_draft_of_the_officers_unit(district: District, plan: Path, silent: Progress) -> None:
    version = imports.take_plan(plan, by=imports.officer("chair"), year=None, title="", display=silent)
    assert (version.plan.unit.place, version.plan.year, version.number, version.source_name) == (
        FULING,
        2026,
        1,
        "plan.txt",
    )


def test_the_same_plan_a_second_time_is_refused_with_a_reason(district: District, plan: Path, silent: Progress) -> None:
    by = imports.officer("chair")
    imports.take_plan(plan, by=by, year=None, title="", display=silent)
    with pytest.raises(BadInputError, match="2026年已有计划“涪陵区妇联2026年工作计划”"):
        imports.take_plan(plan, by=by, year=None, title="", display=silent)


def test_the_house_has_no_unit_to_give_a_plan_to(district: District, plan: Path, silent: Progress) -> None:
    with pytest.raises(BadInputError, match="请用 --as 指定有职务的账号"):
        imports.take_plan(plan, by=access.house(FULING), year=None, title="", display=silent)


def test_an_unknown_login_is_named(district: District) -> None:
    with pytest.raises(BadInputError, match="没有登录名为“nobody”且现在有职务的账号"):
        imports.officer("nobody")


DIVISIONS = """\
county_code,county_name,town_code,town_name,town_type,mca_town_code_2025,village_code,village_name,village_short,village_kind
500103,渝中区,500103001,七星岗街道,subdistrict,500103001,500103001001,新民街社区居民委员会,新民街社区,residents_committee
"""


def test_divisions_are_taken_in_once(district: District, tmp_path: Path, silent: Progress) -> None:
    (tmp_path / "d.csv").write_text(DIVISIONS)

    def take() -> list[imports.TakenDivisions]:
        return imports.take_divisions(tmp_path / "d.csv", since=SINCE, federations=True, display=silent)

    assert (take(), take()) == (
        [imports.TakenDivisions("渝中区", added=3, changed=0, founded=3)],
        [imports.TakenDivisions("渝中区", added=0, changed=0, founded=0)],
    )


def test_the_first_administrator_can_sign_in_once_with_the_password_shown(district: District) -> None:
    password = imports.open_administrator(username="first", name="系统管理员甲", district=FULING, until=UNTIL)
    account = Account.objects.get(username="first")
    assert (account.check_password(password), account.must_change_password) == (True, True)
    assert imports.officer("first").post_title == "涪陵区妇联系统管理员"


def test_a_login_that_is_taken_opens_no_second_administrator(district: District) -> None:
    with pytest.raises(BadInputError, match="登录名“chair”已被使用"):
        imports.open_administrator(username="chair", name="系统管理员乙", district=FULING, until=UNTIL)
    with acting_as(access.house(FULING)):
        assert not Post.objects.filter(officer__name="系统管理员乙").exists()


def test_without_a_federation_the_command_that_founds_it_is_named(db: None) -> None:
    with pytest.raises(BadInputError, match="还没有 500103000000 的妇联组织。请先执行：niangjia import-divisions"):
        imports.open_administrator(username="first", name="系统管理员甲", district="500103000000", until=UNTIL)


def roster(folder: Path, rows: list[list[object]]) -> Path:
    out = io.BytesIO()
    sheets_out.write_table(out, ROSTER, rows)
    path = folder / "roster.xlsx"
    path.write_bytes(out.getvalue())
    return path


def row(**values: str) -> list[object]:
    """A line of the roster, its cells by the key of the column."""
    return [values.get(column.key, "") for column in ROSTER.columns]


GOOD = row(
    town="敦仁街道",
    unit="大东门社区妇联",
    role="执委",
    name="新执委",
    gender="女",
    starts_on="2026-01-01",
    ends_on="2028-01-01",
)
WRONG = row(town="敦仁街道", unit="没有的妇联", role="执委", name="别的人", gender="女", starts_on="2026-01-01")


def test_a_roster_is_taken_in_row_by_row_with_an_answer_for_each(
    district: District, tmp_path: Path, silent: Progress
) -> None:
    taken = imports.take_roster(
        roster(tmp_path, [GOOD, WRONG]), tmp_path / "answers.xlsx", by=access.house(FULING), display=silent
    )
    assert {outcome: count for outcome, count in taken.counts.items() if count} == {"新增": 1, "错误": 1}
    assert (tmp_path / "answers.xlsx").read_bytes() == taken.answers
    with acting_as(access.house(FULING)):
        assert [post.officer.name for post in Post.objects.filter(officer__name__in=["新执委", "别的人"])] == ["新执委"]


def test_answers_are_never_written_over_another_file(district: District, tmp_path: Path, silent: Progress) -> None:
    (tmp_path / "answers.xlsx").write_text("mine")
    with pytest.raises(BadInputError, match="请用 --answers 另指定一个文件名"):
        imports.take_roster(
            roster(tmp_path, [GOOD]), tmp_path / "answers.xlsx", by=access.house(FULING), display=silent
        )


def test_a_roster_that_is_no_workbook_is_refused(district: District, tmp_path: Path, silent: Progress) -> None:
    (tmp_path / "roster.xlsx").write_text("no workbook")
    with pytest.raises(BadInputError):
        imports.take_roster(
            tmp_path / "roster.xlsx", tmp_path / "answers.xlsx", by=access.house(FULING), display=silent
        )
    assert not (tmp_path / "answers.xlsx").exists()
