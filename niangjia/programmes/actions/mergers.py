"""Cases under way when their place merges into another."""

from __future__ import annotations

from niangjia.access.acting import Acting, current
from niangjia.files.models import StoredFile
from niangjia.flow.kinds import ENDED
from niangjia.org.queries import place_name
from niangjia.programmes import queries
from niangjia.programmes.actions.steps import touch
from niangjia.programmes.kinds import GrantState, PaymentState
from niangjia.programmes.models import Attachment, Case, Grant, OutsideCheck, Payment, Step

_LONGEST_NOTE = 500


def move_open(old: str, into: str) -> int:
    """Open cases go on in the heir with their papers, questions and unpaid grants; returns how many.

    Steps and decisions stay where they were taken, for the statistics of their time. The heir, who may not see them,
    reads in the first step of hers what was done before.
    """
    by = current()
    assert by is not None
    cases = list(Case.objects.select_for_update().filter(place=old).exclude(kind__in=ENDED).order_by("pk"))
    papers = Attachment.objects.filter(case__in=cases)
    StoredFile.objects.filter(pk__in=papers.values("file")).update(place=into)
    papers.update(place=into)
    OutsideCheck.objects.filter(case__in=cases).update(place=into)
    Payment.objects.filter(grant__case__in=cases, state=PaymentState.LISTED).update(place=into)
    Grant.objects.filter(case__in=cases, state=GrantState.APPROVED).update(place=into)
    for case in cases:
        _move(case, into, by)
    return len(cases)


def _move(case: Case, into: str, by: Acting) -> None:
    before = "；".join(f"{step.at:%Y-%m-%d} {step.label}" for step in Step.objects.filter(case=case).order_by("id"))
    note = f"原在{place_name(case.place)}。此前：{before}"
    case.answers[queries.version_of(case).bindings.place] = into
    case.place = into
    case.save(update_fields=["answers", "place"])
    touch(case, by=by, verb="case.moved", label=f"区划撤并，转{place_name(into)}接着办", note=note[:_LONGEST_NOTE])
