"""The trail as the database writes it is the trail an auditor recomputes."""

from pathlib import Path

import psycopg
import pytest
from django.db import transaction

from niangjia.access.acting import acting_as, record
from niangjia.access.verbs import Verb
from niangjia.trail import actions, archive
from niangjia.trail.kinds import Flaw
from niangjia.trail.models import Entry
from tests.personas import DUNREN, District


def act(district: District, times: int = 3, who: str = "dunren") -> None:
    by = district.acting(who)
    with acting_as(by):
        for number in range(times):
            record(
                by=by, stream="case:1", verb=Verb.CASE_REVIEW, subject="case:1", place=DUNREN, summary={"第": number}
            )


def test_the_entry_names_who_the_database_was_told_of(district: District) -> None:
    act(district, 1)
    with acting_as(district.acting("dunren")):
        entry = Entry.objects.get(stream="case:1")
    assert (entry.account_id, entry.post_id, entry.actor, entry.verb) == (
        district.accounts["dunren"].pk,
        district.acting("dunren").post_id,
        "敦仁街道妇联 敦仁主席",
        "case.review",
    )


def test_nobody_acts_in_anothers_name(district: District) -> None:
    with acting_as(district.acting("dunren")), pytest.raises(RuntimeError):
        record(by=district.acting("chair"), stream="x", verb="x", subject="x", place=DUNREN)


def test_an_undone_transaction_leaves_no_entry(district: District) -> None:
    with transaction.atomic():
        act(district, 1)
        transaction.set_rollback(True)
    with acting_as(district.acting("chair")):
        assert not Entry.objects.filter(stream="case:1").exists()


@pytest.fixture
def exported(district: District, owner: psycopg.Connection, tmp_path: Path) -> tuple[Path, Path]:
    """An export and an anchor made after three acts."""
    act(district)
    export = tmp_path / "export.jsonl"
    actions.write_export(export)
    return export, actions.make_anchor(tmp_path)


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_an_auditor_finds_nothing_wrong_offline(exported: tuple[Path, Path]) -> None:
    export, anchor = exported
    count, problems = archive.verify(export, [anchor])
    assert problems == []
    assert count == sum(1 for _ in archive.read_export(export))


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize(
    ("tampering", "flaws"),
    [
        ("UPDATE trail_entry SET actor = '别人' WHERE stream = 'case:1' AND seq = 2", {Flaw.ALTERED}),
        ("DELETE FROM trail_entry WHERE stream = 'case:1' AND seq = 2", {Flaw.REMOVED}),
        ("DELETE FROM trail_entry WHERE stream = 'case:1' AND seq = 3", {Flaw.REMOVED}),
        ("DELETE FROM trail_entry WHERE stream = 'case:1'", {Flaw.REMOVED}),
    ],
)
def test_what_even_the_owner_did_to_it_is_found(
    exported: tuple[Path, Path], owner: psycopg.Connection, tmp_path: Path, tampering: str, flaws: set[Flaw]
) -> None:
    owner.execute(tampering)
    after = tmp_path / "after.jsonl"
    actions.write_export(after)
    _, problems = archive.verify(after, [exported[1]])
    assert {problem.flaw for problem in problems} == flaws


def test_a_file_that_is_no_export_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("不是\n", encoding="utf-8")
    with pytest.raises(archive.TrailFileError, match="不是留痕导出文件"):
        list(archive.read_export(path))


def test_an_anchor_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "anchor.jsonl"
    path.write_text(
        '{"format": "niangjia-trail-1", "kind": "anchor", "day": "2026-01-01", "root": "00"}\n["case:1", 1, "aa"]\n',
        encoding="utf-8",
    )
    with pytest.raises(archive.TrailFileError, match="被改动过"):
        archive.read_anchor(path)
