"""A stored file is a row and complete bytes under a random name; what is undone or altered is noticed."""

import datetime as dt
import os
import stat
from pathlib import Path

import pytest
from django.db import ProgrammingError, transaction
from pytest_django import Settings

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.files import actions, queries, tasks
from niangjia.files.kinds import FileError, FileKind
from niangjia.files.models import StoredFile
from niangjia.trail.models import Entry
from tests.personas import CHONGYI, DUNREN, District

TEXT = "甲乙丙".encode()
KINDS = {FileKind.TEXT}


@pytest.fixture
def uploads(settings: Settings, tmp_path: Path) -> Path:
    settings.NIANGJIA_UPLOADS = tmp_path / "uploads"
    return tmp_path / "uploads"


def store(district: District, who: str = "dunren", place: str = DUNREN) -> StoredFile:
    by = district.acting(who)
    with acting_as(by):
        return actions.store(name="../说明.txt", data=TEXT, purpose="case", place=place, by=by, kinds=KINDS)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_stored_file_is_read_back_under_its_own_name_and_kept_under_another(
    district: District, uploads: Path
) -> None:
    with clock.frozen(dt.date(2026, 11, 24)):
        stored = store(district)
    assert (stored.kind, stored.mime, stored.name, stored.size) == ("TEXT", "text/plain", "说明.txt", 9)
    assert (stored.place, stored.owner_account, stored.purpose) == (DUNREN, district.accounts["dunren"].pk, "case")
    assert stored.created_at.isoformat() == "2026-11-24T09:00:00+08:00"
    assert queries.read(stored) == TEXT
    assert files_in(uploads) == [queries.path_of(stored)]
    first, second, name = stored.storage_name.split("/")
    assert (len(name), name[:2], name[2:4]) == (32, first, second)


def test_the_bytes_on_the_disk_are_sealed_and_a_file_from_before_is_still_read(
    district: District, uploads: Path
) -> None:
    stored = store(district)
    path = queries.path_of(stored)
    kept = path.read_bytes()
    assert (kept[:5], TEXT in kept) == (b"NJF\x01\x01", False)
    path.write_bytes(TEXT)
    assert queries.read(stored) == TEXT


def test_the_bytes_of_another_file_are_not_taken_for_its_own(district: District, uploads: Path) -> None:
    stored, other = store(district), store(district)
    queries.path_of(stored).write_bytes(queries.path_of(other).read_bytes())
    with pytest.raises(queries.FileLost, match=r"^文件“说明.txt”打不开：文件被改动过、不完整，或换了位置。"):
        queries.read(stored)


def test_nobody_else_on_the_machine_may_read_the_bytes(district: District, uploads: Path) -> None:
    path = queries.path_of(store(district))
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (uploads, path.parent.parent, path.parent, path)]
    assert modes == [0o700, 0o700, 0o700, 0o600]


def test_the_trail_tells_of_a_stored_file_without_its_name(district: District, uploads: Path) -> None:
    stored = store(district)
    with acting_as(district.acting("chair")):
        entry = Entry.objects.get(subject=f"file:{stored.pk}")
    assert (entry.verb, entry.place) == ("file.store", DUNREN)
    assert entry.summary == {"kind": "TEXT", "size": 9, "purpose": "case", "sha256": stored.sha256}


def test_the_row_of_another_town_is_not_to_be_found(district: District, uploads: Path) -> None:
    stored = store(district)
    seen = {}
    for who in ("dunren", "dadongmen", "chongyi", "chair"):
        with acting_as(district.acting(who)):
            seen[who] = StoredFile.objects.filter(pk=stored.pk).count()
    assert seen == {"dunren": 1, "dadongmen": 0, "chongyi": 0, "chair": 1}


def test_a_refused_file_leaves_nothing(district: District, uploads: Path) -> None:
    by = district.acting("dunren")
    with acting_as(by), pytest.raises(FileError, match=r"^认不出这是什么文件"):
        actions.store(name="a", data=b"a\0", purpose="case", place=DUNREN, by=by, kinds=KINDS)
    assert not uploads.exists()


def test_a_row_the_database_refuses_leaves_no_bytes(district: District, uploads: Path) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        store(district, place=CHONGYI)
    assert files_in(uploads) == []


def test_a_disk_that_fails_leaves_no_half_file(
    district: District, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store(district)
    assert files_in(uploads) == []
    with acting_as(district.acting("dunren")):
        assert StoredFile.objects.count() == 0


def test_missing_or_altered_bytes_are_noticed_before_the_first_is_sent(district: District, uploads: Path) -> None:
    stored = store(district)
    path = queries.path_of(stored)
    path.write_bytes(b"other")
    with pytest.raises(queries.FileLost, match=r"^文件“说明.txt”与登记的内容不一致，请联系管理员从备份恢复。$"):
        queries.open_file(stored)
    path.unlink()
    with pytest.raises(queries.FileLost, match=r"^文件“说明.txt”在存储中找不到，请联系管理员从备份恢复。$"):
        queries.open_file(stored)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_sweep_removes_what_a_rollback_left_and_nothing_that_has_a_row(
    uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    district = District()
    kept = [queries.path_of(store(district)) for _ in range(3)]
    by = district.acting("dunren")
    with acting_as(by):
        lost = queries.path_of(actions.store(name="a", data=TEXT, purpose="case", place=DUNREN, by=by, kinds=KINDS))
        transaction.set_rollback(True)
    half = lost.with_name("half.part")
    half.write_bytes(b"x")
    assert lost.exists()
    assert tasks.sweep_orphans(clock.now()) == 0
    assert tasks.sweep_orphans(clock.now() + dt.timedelta(days=1, minutes=1)) == 2
    assert sorted(files_in(uploads)) == sorted(kept)
    assert tasks.sweep_orphans(clock.now() + dt.timedelta(days=2)) == 0
