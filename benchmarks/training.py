"""A list of learners comes in, and the page of a class stands, beside Kolibri with the same learners in the same classes.

Kolibri 0.19.5 is installed in a place of its own, never with the house; ``KOLIBRI_PYTHON`` names its Python. Without it
only our own figures are shown. Both get a thousand learners in classes of forty. Kolibri reads its CSV with its own command
and makes an account of each (its hashing of passwords made cheap); the house reads Excel, checks every number, seals it, asks the rules, keeps
the consent and answers every row. The summary of a class is Kolibri's JSON for its coach page, and our whole page of a
class with the state and attendance of each woman.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks._lib import Claim, at_most, seconds, shown
from benchmarks._world import set_up_django
from benchmarks.excel_import import DISTRICT, GIVEN, SURNAMES, district, village

if TYPE_CHECKING:
    from niangjia.access.acting import Acting

LEARNERS, CLASS = 1_000, 40
PASSWORD = "pass1234"


def learners() -> list[tuple[str, str]]:
    """Name and number of each: invented women with sound numbers."""
    from niangjia.core.identity import check_digit

    found = []
    for n in range(LEARNERS):
        birth = dt.date(1970, 1, 1) + dt.timedelta(days=n * 7)
        first17 = f"500102{birth:%Y%m%d}{n % 500 * 2:03d}"
        name = SURNAMES[n % 20] + GIVEN[n // 20 % 19] + GIVEN[n // 380 % 19]
        found.append((name, first17 + check_digit(first17)))
    return found


def kolibri(who: list[tuple[str, str]]) -> dict[str, Any] | None:
    """What Kolibri took for the same learners, where it is installed."""
    python = os.environ.get("KOLIBRI_PYTHON")
    if not python:
        return None
    with tempfile.TemporaryDirectory(prefix="niangjia-kolibri-") as folder:
        with (Path(folder) / "learners.csv").open("w", newline="", encoding="utf-8") as out:
            rows = csv.writer(out)
            rows.writerow([
                "Database ID (UUID)", "Username (USERNAME)", "Password (PASSWORD)", "Full name (FULL_NAME)", "User type (USER_TYPE)",
                "Identifier (IDENTIFIER)", "Birth year (BIRTH_YEAR)", "Gender (GENDER)", "Learner enrollment (ENROLLED_IN)",
                "Coach assignment (ASSIGNED_TO)",
            ])  # fmt: skip
            for n, (name, number) in enumerate(who):
                rows.writerow(
                    [
                        "",
                        f"u{n:05d}",
                        PASSWORD,
                        name,
                        "LEARNER",
                        number,
                        number[6:10],
                        "FEMALE",
                        f"Class {n // CLASS + 1}",
                        "",
                    ]
                )
        script = Path(__file__).with_name("_kolibri.py")
        clean = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}  # its own settings, not ours
        subprocess.run([python, str(script), folder], check=True, capture_output=True, cwd=folder, env=clean)
        found: dict[str, Any] = json.loads((Path(folder) / "result.json").read_text(encoding="utf-8"))
    assert (found["learners"], found["shown"]) == (LEARNERS, LEARNERS)
    return found


def sheet(who: list[tuple[str, str]]) -> bytes:
    from niangjia.letters.sheets import write_table
    from niangjia.reports.tables import training as tables

    out = io.BytesIO()
    rows = [
        [name, number, None, None, village(n), None, None, None, "是", "9", "是"]
        for n, (name, number) in enumerate(who)
    ]
    write_table(out, tables.SIGN_UP, rows)
    return out.getvalue()


def officer(house: Acting) -> Acting:
    """Somebody of the district's federation who may do this."""
    from niangjia.access import queries as access
    from niangjia.access.acting import acting_as
    from niangjia.org import actions as org
    from niangjia.org import queries as org_queries
    from niangjia.org.kinds import PostRole
    from niangjia.people import actions as people

    since, until = dt.date(2011, 1, 1), dt.date(2099, 12, 31)
    with acting_as(house):
        org.found_federations(district=DISTRICT, since=since)
        top = org_queries.district_federation()
        post = org.appoint(unit=top, role=PostRole.STAFF, name="甲乙", starts_on=since, ends_on=until)
        account = people.make_account(officer=post.officer, username="bench", password=PASSWORD)
    return access.posts_of(account)[0]


def classes(by: Acting) -> list[int]:
    """As many classes as there are learners for, taking names; approved past the program, for that is not what is timed."""
    from niangjia.access.acting import acting_as
    from niangjia.core import clock
    from niangjia.training import actions
    from niangjia.training.kinds import CourseState
    from niangjia.training.models import Course

    today = clock.today()
    with acting_as(by):
        project = actions.save_project(by=by, title="培训", year=today.year)
        made = [
            actions.plan_course(
                project_id=project.pk, by=by, subject=f"工种{n}", title=f"班{n}", hours=8, capacity=CLASS, place=DISTRICT, venue="中心",
                starts_on=today + dt.timedelta(days=9), ends_on=today + dt.timedelta(days=9), enrol_until=today,
            ).pk
            for n in range(LEARNERS // CLASS)
        ]  # fmt: skip
        Course.objects.filter(pk__in=made).update(state=CourseState.ENROLLING)
    return made


def take(courses: list[int], sheets: list[bytes], by: Acting) -> None:
    """What the desk does with the files: each read, each row answered, then everybody put on the roster."""
    from niangjia.access.acting import acting_as
    from niangjia.reports.tables import training as tables
    from niangjia.training import actions
    from niangjia.transfers.kinds import KINDS, Work

    kind = KINDS.get(tables.IMPORT)
    for course, data in zip(courses, sheets, strict=True):
        with acting_as(by):
            done = kind.work(Work({"course": course}, data, io.BytesIO(), by, lambda rows: None))
            assert (done.rows, done.refused) == (CLASS, 0), done.lines[:3]
            assert actions.accept_all(course_id=course, by=by) == (CLASS, 0)


def page(course: int, by: Acting) -> int:
    """The page of a class as an officer gets it; how many bytes."""
    from django.test import RequestFactory

    from niangjia.access.acting import acting_as
    from niangjia.web.desk.training import women

    request = RequestFactory().get(f"/desk/training/classes/{course}/women/")
    request.acting, request.posts = by, []  # type: ignore[attr-defined]
    with acting_as(by):
        return len(women.index(request, course).content)  # type: ignore[attr-defined]


def claims() -> list[Claim]:
    set_up_django()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    with district() as house:
        who = learners()
        peer = kolibri(who)
        by = officer(house)
        courses = classes(by)
        sheets = [sheet(who[n : n + CLASS]) for n in range(0, LEARNERS, CLASS)]
        imported = seconds(lambda: take(courses, sheets, by))
        page(courses[0], by)
        shown_in = median(seconds(lambda course=course: page(course, by)) for course in courses)  # type: ignore[misc]
    label, rate = f"{LEARNERS:,} learners in {len(courses)} classes: rows a second", LEARNERS / imported
    if peer is None:
        note = "KOLIBRI_PYTHON is not set: no comparison"
        return [shown(label, rate, "/s", note), shown("page of a class of 40", shown_in * 1000, "ms", note)]
    return [
        at_most(
            "import: ours / Kolibri's", imported / peer["import"], 2.0, note=f"{imported:.3g} s against {peer['import']:.3g} s",
        ),
        at_most(
            "page of a class: ours / Kolibri's summary", shown_in / peer["summary"], 3.0,
            note=f"{shown_in * 1000:.3g} ms, a whole page, against {peer['summary'] * 1000:.3g} ms, JSON of names",
        ),
        shown(label, rate, "/s"),
    ]  # fmt: skip
