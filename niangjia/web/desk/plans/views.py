"""Plans: the list, a text coming in, versions compared."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.org import queries as org
from niangjia.plans import actions, queries
from niangjia.plans.actions import Refused
from niangjia.plans.kinds import VersionState
from niangjia.plans.models import Plan, PlanVersion
from niangjia.plans.reader import PlanFileError, PlanReading, read_plan, read_plan_file
from niangjia.web.desk.plans.forms import UploadForm
from niangjia.web.downloads import download
from niangjia.web.guard import ActingRequest, may

EXAMPLE: Path = settings.BASE / "niangjia" / "ops" / "demo" / "plan-2026.txt"


@may(Verb.PLAN_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Plans by year, each with the version in force, the draft and those before."""
    plans = [plan for plan in queries.plans() if plan.versions.all()]
    years = [(year, [_row(plan) for plan in of_year]) for year, of_year in groupby(plans, key=lambda plan: plan.year)]
    return render(request, "desk/plans/index.html", {"years": years, **_abilities(request)})


def _row(plan: Plan) -> dict[str, Any]:
    versions = list(plan.versions.all())
    return {
        "plan": plan,
        "in_force": next((v for v in versions if v.state == VersionState.PUBLISHED), None),
        "draft": next((v for v in versions if v.is_draft), None),
        "earlier": [v for v in versions if v.state == VersionState.SUPERSEDED],
    }


def _abilities(request: ActingRequest) -> dict[str, bool]:
    return {
        "may_edit": request.acting.may(Verb.PLAN_EDIT),
        "may_publish": request.acting.may(Verb.PLAN_PUBLISH),
        "may_lock": request.acting.may(Verb.TARGET_LOCK),
    }


@may(Verb.PLAN_EDIT)
@require_GET
def example(request: ActingRequest) -> HttpResponse:
    """A plan to try the reader with."""
    return download("计划示例.txt", EXAMPLE.read_bytes())


@may(Verb.PLAN_EDIT)
def upload(request: ActingRequest) -> HttpResponse:
    """A text becomes the draft of a new plan."""
    return _upload(request, None)


@may(Verb.PLAN_EDIT)
def upload_version(request: ActingRequest, plan_id: int) -> HttpResponse:
    """A text becomes the draft of the next version of a plan."""
    return _upload(request, _plan(plan_id))


def _plan(plan_id: int) -> Plan:
    plan = queries.plans().filter(pk=plan_id).first()
    if plan is None:
        raise Http404
    return plan


def _upload(request: ActingRequest, plan: Plan | None) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if plan is not None:
        del form.fields["year"], form.fields["title"]
    if request.method == "POST" and form.is_valid():
        try:
            name, reading = _read(form)
            version = actions.import_reading(
                reading=reading, plan=plan, unit=None if plan else org.federation_of(request.acting.place),
                year=form.cleaned_data.get("year"), title=form.cleaned_data.get("title", ""), source_name=name,
                by=request.acting,
            )  # fmt: skip
        except PlanFileError as error:
            form.add_error("file", str(error))
        except Refused as refused:
            for key, message in refused.fields.items() or {"": str(refused)}.items():
                form.add_error(key if key in form.fields else None, message if key in form.fields else str(refused))
        else:
            return redirect("plans:version", pk=version.pk)
    status = 400 if form.errors else 200
    return render(request, "desk/plans/upload.html", {"form": form, "plan": plan}, status=status)


def _read(form: UploadForm) -> tuple[str, PlanReading]:
    file = form.cleaned_data["file"]
    if file:
        return file.name[:120], read_plan_file(file.name, file.read())
    return "", read_plan(form.cleaned_data["text"])


@may(Verb.PLAN_EDIT)
@require_POST
def revise(request: ActingRequest, plan_id: int) -> HttpResponse:
    """A draft with the content in force, to be changed by hand."""
    try:
        version = actions.revise(plan_id=_plan(plan_id).pk, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("plans:index")
    return redirect("plans:version", pk=version.pk)


@may(Verb.PLAN_READ)
@require_GET
def changes(request: ActingRequest, pk: int) -> HttpResponse:
    """What a version changed in the one before it."""
    try:
        version = queries.version_for(pk)
    except PlanVersion.DoesNotExist as error:
        raise Http404 from error
    before = version.plan.versions.filter(number__lt=version.number).exclude(state=VersionState.DRAFT).first()
    found = queries.changes_between(before, version) if before else []
    return render(request, "desk/plans/changes.html", {"version": version, "before": before, "changes": found})
