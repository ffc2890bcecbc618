"""Taking in files from the command line, through the actions officers use, as an officer or as the house itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from niangjia.access import actions as access_actions
from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock
from niangjia.letters.kinds import SheetError
from niangjia.ops import reading
from niangjia.ops.divisions import read_divisions
from niangjia.ops.kinds import BadInputError
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.org.models import Unit
from niangjia.people.models import Account
from niangjia.plans import actions as plans
from niangjia.plans.models import PlanVersion
from niangjia.reports.tables import roster


@dataclass(frozen=True)
class TakenDivisions:
    district: str
    added: int
    changed: int
    founded: int


def take_divisions(path: Path, *, since: dt.date, federations: bool, display: Progress) -> list[TakenDivisions]:
    """Add the places of a table, each district in a transaction; with `federations`, found theirs too."""
    taken = []
    for district, rows in display.track(read_divisions(path).items(), description="导入区划"):
        with acting_as(access.house(district)):
            added, changed = org.import_divisions(rows, valid_from=since, district=district)
            founded = org.found_federations(district=district, since=since) if federations else 0
        taken.append(TakenDivisions(rows[0].name, added, changed, founded))
    return taken


def take_roster(path: Path, answers: Path, *, by: Acting, display: Progress) -> roster.Imported:
    """Import a roster for the range of `by`, and write the answer to each row beside it.

    Raises BadInputError when the file as a whole cannot be used; a wrong row is answered, and the others count.
    """
    _refuse_existing(answers)
    task = display.add_task("导入名册", total=None)
    try:
        with acting_as(by):
            taken = roster.import_as(path, by=by)
    except (SheetError, OSError) as error:
        raise BadInputError(str(error)) from None
    answers.touch(mode=0o600)
    answers.write_bytes(taken.answers)
    display.update(task, total=1, completed=1)
    return taken


def take_plan(path: Path, *, by: Acting, year: int | None, title: str, display: Progress) -> PlanVersion:
    """Read a plan and put it in as the draft of a new plan of the unit of `by`."""
    if by.unit_id is None:
        raise BadInputError("计划属于一个单位，而这个账号没有单位。请用 --as 指定有职务的账号。")
    task = display.add_task("读取计划", total=None)
    plan = reading.load(path)
    try:
        with acting_as(by):
            version = plans.import_reading(
                reading=plan,
                by=by,
                unit=Unit.objects.get(pk=by.unit_id),
                year=year,
                title=title,
                source_name=path.name,
            )
    except plans.Refused as error:
        raise BadInputError(str(error)) from None
    display.update(task, total=1, completed=1)
    return version


def open_administrator(*, username: str, name: str, district: str, until: dt.date) -> str:
    """Give the first system administrator of a district post and account; returns the temporary password."""
    today = clock.today()
    house = access.house(district)
    try:
        with acting_as(house):
            unit = Unit.objects.get(place=district, kind=UnitKind.FEDERATION, active_to__isnull=True)
            post = org.appoint(unit=unit, role=PostRole.SYSTEM_ADMIN, name=name, starts_on=today, ends_on=until)
            _, password = access_actions.open_account(officer=post.officer, username=username, by=house)
    except Unit.DoesNotExist:
        raise BadInputError(
            f"还没有 {district} 的妇联组织。请先执行：niangjia import-divisions 区划表 --federations"
        ) from None
    except (org.OrgRefused, access_actions.AccountRefused) as error:
        raise BadInputError(str(error)) from None
    return password


def officer(username: str) -> Acting:
    """An officer under the highest of her posts. Raises BadInputError."""
    account = Account.objects.filter(username=username).first()
    posts = access.posts_of(account) if account else []
    if not posts:
        raise BadInputError(f"没有登录名为“{username}”且现在有职务的账号。请核对 --as。")
    return posts[0]


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise BadInputError(f"{path} 已经存在。请用 --answers 另指定一个文件名，或先移走它。")
