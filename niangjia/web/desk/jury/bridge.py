"""Between a round of honours and its jury: cases become entries, and who is in is decided case by case."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from niangjia.access.acting import Acting
from niangjia.core import subject as subjects
from niangjia.core.refused import Refused
from niangjia.intake.sheet import Sensitivity
from niangjia.jury import actions
from niangjia.jury.models import Panel
from niangjia.programmes import registry
from niangjia.programmes.actions import cases
from niangjia.programmes.definition import Version
from niangjia.programmes.models import Attachment, Case, Round
from niangjia.web.desk.votes import bridge as votes

DECIDE = "approve"


def judged_rounds() -> list[tuple[int, str]]:
    """Rounds of programmes that are judged by criteria, the newest first."""
    found = []
    for round_ in Round.objects.order_by("-year", "-opens_on", "-id"):
        if registry.version(round_.programme, round_.version).parameters.get("criteria"):
            found.append((round_.pk, f"{round_.title}（{registry.programme(round_.programme).name}）"))
    return found


def waiting(round_: Round) -> list[Case]:
    """The cases of a round that wait for the ruling."""
    states = registry.version(round_.programme, round_.version).workflow.before(DECIDE)
    return list(Case.objects.filter(round=round_, state__in=states).select_related("round").order_by("place", "id"))


def bring_in(panel: Panel, by: Acting) -> int:
    """Put every waiting case of the round before the jury; how many were new. Only what jurors need goes along."""
    round_ = votes.round_of(panel.subject)
    if round_ is None:
        raise Refused("这次评审没有对应的批次，请逐个添加。")
    version = registry.version(round_.programme, round_.version)
    added = 0
    for case in waiting(round_):
        made = actions.add_entry(
            panel_id=panel.pk,
            subject=f"case:{case.pk}",
            **votes.told(case, version),
            entry_place=case.place,
            files=_pictures(case, version),
            by=by,
        )
        added += made is not None
    return added


def _pictures(case: Case, version: Version) -> list[str]:
    """What was handed in for everybody who judges: papers that hold nothing secret."""
    plain = [kind.key for kind in version.sheet.attachments if kind.sensitivity is Sensitivity.PLAIN]
    papers = Attachment.objects.filter(case=case, removed_at__isnull=True, step__isnull=True, kind__in=plain)
    return [str(paper.file_id) for paper in papers.order_by("id")]


def taken_away(file_id: UUID) -> bool:
    """Whether a picture was removed from its case since it came before the jury."""
    papers = Attachment.objects.filter(file_id=file_id)
    return papers.exists() and not papers.filter(removed_at__isnull=True).exists()


def votes_for(panel: Panel) -> dict[str, Decimal]:
    """What the round's public vote says, by entry, where it has one, is counted, and the panel gives it any weight."""
    return votes.shares(panel.subject) if panel.vote_weight else {}


def awaits_vote(panel: Panel) -> bool:
    """Whether the vote that is to weigh in is not counted yet."""
    return bool(panel.vote_weight) and votes.is_pending(panel.subject)


def settle(chosen: Iterable[str], by: Acting) -> int:
    """Decide for the chosen entries; how many that were. What cannot be approved stops the whole with its reason."""
    done = 0
    for subject in chosen:
        if subjects.kind_of(subject) != "case":
            continue
        case = Case.objects.select_related("round").get(pk=subjects.id_of(subject))
        if case.state in registry.version(case.programme, case.version).workflow.before(DECIDE):
            cases.step(case_id=case.pk, key=DECIDE, by=by, revision=None, note="按评审结果评定")
            done += 1
    return done
