"""A training body and its own classes: who is on the roster, where one signs in, scores, photos. The database shows no other."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.attendance import queries as attendances
from niangjia.core import clock
from niangjia.org import queries as org
from niangjia.training import queries
from niangjia.training.kinds import TAUGHT, CourseState, EnrolmentState
from niangjia.web.desk.training.classes import course_of, put_in
from niangjia.web.desk.training.forms import FileForm, PaperForm
from niangjia.web.desk.training.results import typed
from niangjia.web.desk.training.views import TONES
from niangjia.web.guard import ActingRequest, may

TEACH = Verb.TRAINING_TEACH
ON_ROSTER = (
    EnrolmentState.ACCEPTED,
    EnrolmentState.ATTENDING,
    EnrolmentState.COMPLETED,
    EnrolmentState.CERTIFIED,
    EnrolmentState.PLACED,
)


@may(TEACH)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Its classes, with today's lessons on top."""
    found = list(queries.with_counts(queries.courses()))
    today = clock.today()
    open_ = [course.about for course in found if course.state in (CourseState.ENROLLING, *TAUGHT)]
    lessons = attendances.sessions().filter(subject__in=open_, on=today)
    context = {"rows": [(one, TONES[CourseState(one.state)]) for one in found], "lessons": lessons, "today": today}
    return render(request, "partner/training/index.html", context)


@may(TEACH)
def course(request: ActingRequest, pk: int) -> HttpResponse:
    """One class; photos and exam papers are put in here."""
    found = course_of(pk)
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        problem = put_in(request, found, form)
        if problem is None:
            return redirect("our_training:course", pk)
        form.add_error(None, problem)
    women = [one for one in queries.enrolments(pk) if one.state in ON_ROSTER]
    sessions = list(attendances.sessions_of(found.about))
    heads = attendances.attendances([one.pk for one in sessions])
    limits = queries.standard(found.kind, found.starts_on).limits
    there = queries.attendance(found, women, limits)
    context = {
        "course": found, "tone": TONES[CourseState(found.state)], "place_name": org.place_name(found.place),
        "lessons": [(one, heads.get(one.pk, 0)) for one in sessions], "form": form, "file_form": FileForm(),
        "rows": [(one, there[one.pk], "" if one.score is None else f"{one.score:g}") for one in women],
        "may_score": found.state in TAUGHT and found.has_exam, "papers": list(queries.papers_of(pk)),
        "limits": limits,
    }  # fmt: skip
    return render(request, "partner/training/course.html", context, status=422 if form.errors else 200)


@may(TEACH)
@require_POST
def scores(request: ActingRequest, pk: int) -> HttpResponse:
    """Scores typed in one go."""
    found = course_of(pk)
    for text in typed(request, found).values():
        messages.error(request, text)
    return redirect("our_training:course", pk)
