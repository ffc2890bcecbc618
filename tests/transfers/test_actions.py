"""What becomes of a large file: at once or later, done whole or told why not, sealed, and thrown away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from niangjia.access.acting import acting_as
from niangjia.access.verbs import Verb
from niangjia.core import sealed_files
from niangjia.core.refused import Refused
from niangjia.people.models import Household
from niangjia.trail.models import Entry
from niangjia.transfers import actions, queries
from niangjia.transfers.kinds import KINDS, Done, Kind, State, Work
from niangjia.transfers.models import Transfer
from tests.personas import DUNREN, District


def copy(work: Work) -> Done:
    """Writes a row and what came; refuses the word 坏."""
    assert work.source is not None
    Household.objects.create(number=work.source.decode(), place=DUNREN)
    if work.source == "坏".encode():
        raise Refused("第 2 行「姓名」不能是“坏”。请改正。")
    work.out.write(work.source * 2)
    return Done({"新增": 1, "错误": 1}, refused=1, lines=(f"第 3 行 {work.options['word']}",))


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Kind:
    settings.NIANGJIA_UPLOADS = tmp_path
    declared = Kind(
        key="copy", label="抄写", result="抄件", verb=Verb.ROSTER_IMPORT, room="org:roster", at_once=10,
        work=copy, rows=lambda data: 2,
    )  # fmt: skip
    monkeypatch.setitem(KINDS._items, "copy", declared)
    return declared


def ask(district: District, data: str = "好", who: str = "dunren") -> Transfer:
    by = district.acting(who)
    return actions.ask(kind="copy", by=by, title="甲.xlsx", options={"word": "乙"}, data=data.encode())


def test_a_short_file_is_done_at_once_and_both_files_are_sealed(
    district: District, django_capture_on_commit_callbacks: Any
) -> None:
    with acting_as(district.acting("dunren")), django_capture_on_commit_callbacks(execute=True):
        done = ask(district)
        assert (done.state, done.total, done.counts, done.refused) == (State.DONE, 2, [["新增", 1], ["错误", 1]], 1)
        assert (done.lines, str(done), queries.has_result(done)) == (["第 3 行 乙"], "抄写", True)
        assert b"".join(queries.read(done.result)).decode() == "好好"
        assert sealed_files.key_of(queries.folder() / done.result) == 1
        assert list(queries.mine("copy")) == [done]
    assert [path.name for path in queries.folder().iterdir()] == [done.result]


def test_what_the_sender_can_put_right_is_told_and_nothing_is_written(district: District) -> None:
    with acting_as(district.acting("dunren")):
        done = ask(district, "坏")
        assert (done.state, done.message) == (State.FAILED, "第 2 行「姓名」不能是“坏”。请改正。")
        assert (Household.objects.count(), done.result, done.counts) == (0, "", [])


def test_what_the_house_must_put_right_is_raised(
    district: District, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(work: Work) -> Done:
        raise ZeroDivisionError

    monkeypatch.setitem(KINDS._items, "copy", replace(kind, work=broken))
    with acting_as(district.acting("dunren")), pytest.raises(ZeroDivisionError):
        ask(district)


def test_nobody_asks_for_what_her_post_does_not_allow_and_nobody_sees_anothers(district: District) -> None:
    with (
        acting_as(district.acting("dadongmen")),
        pytest.raises(PermissionDenied, match="您当前的职务没有“导入名册”权限。"),
    ):
        ask(district, who="dadongmen")
    with acting_as(district.acting("dunren")):
        ask(district)
    with acting_as(district.acting("chair")):
        assert Transfer.objects.count() == 0
        assert Entry.objects.get(verb="transfer.ask").summary == {"kind": "抄写"}


def test_files_are_gone_after_some_days_and_their_page_stays(district: District) -> None:
    with acting_as(district.acting("dunren")):
        done = ask(district)
        written = (queries.folder() / done.result).stat().st_mtime
        assert actions.sweep(written + actions.KEPT_DAYS * 86_400 - 1) == 0
        assert actions.sweep(written + actions.KEPT_DAYS * 86_400 + 1) == 2
        assert not queries.has_result(done)
