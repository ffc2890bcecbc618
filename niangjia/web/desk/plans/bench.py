"""The workbench of a draft: the source beside the tree, every correction a click or a key.

Every act is a form that works by itself; with htmx only the right side of the page is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.plans import actions, queries
from niangjia.plans.actions import Changed, Refused
from niangjia.plans.kinds import NUMERIC, Standing
from niangjia.plans.models import Item, PlanVersion, Target
from niangjia.plans.reader import programme_labels
from niangjia.web.desk.plans import source
from niangjia.web.desk.plans.forms import UNITS, ItemForm, TargetForm
from niangjia.web.guard import ActingRequest, may

BRAND = "服务品牌："  # how the lexicon labels a brand
ARTEFACTS_SHOWN = 60  # of one kind; the rest is counted


@may(Verb.PLAN_READ)
@require_GET
def version(request: ActingRequest, pk: int) -> HttpResponse:
    """A version: its workbench while it is a draft and the reader may edit, its text and tree otherwise."""
    return _show(request, _version(pk), opened=request.GET.get("open", ""))


def _version(pk: int) -> PlanVersion:
    try:
        return queries.version_for(pk)
    except PlanVersion.DoesNotExist as error:
        raise Http404 from error


def _show(
    request: ActingRequest,
    found: PlanVersion,
    *,
    opened: str = "",
    form: forms.Form | None = None,
    problem: str = "",
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    items = list(found.items.all())
    targets = list(queries.targets_of(found))
    editing = found.is_draft and request.acting.may(Verb.PLAN_EDIT)
    labels = programme_labels()
    view = request.GET.get("view", "")
    nodes = queries.walk(queries.tree(items, targets))
    live = [target for node in nodes for target in node.targets]
    context: dict[str, Any] = {
        "version": found, "plan": found.plan, "editing": editing, "opened": opened, "problem": problem, "done": done,
        "revision": str(found.revision), **_addresses(found, view),
        "rows": [_row(node, labels) for node in nodes], "labels": labels, "units": UNITS,
        "pieces": source.pieces(found.source, source.spans_of(found, live, cleaning=view == "cleaning")),
        "undecided": sum(t.standing == Standing.SUGGESTED for t in live),
        "ready": sum(_is_ready(t) for t in live),
        "targets_total": sum(t.standing != Standing.REJECTED for t in live),
        "masks": queries.masked_places(found, items),
        "loose": list(enumerate(found.loose)) if editing else [],
        "dropped": [(item, reverse("plans:item", args=[item.pk])) for item in items if item.dropped] if editing else [],
        "problems": queries.publishing_problems(found) if editing else [],
        "may_publish": request.acting.may(Verb.PLAN_PUBLISH),
        "notices": found.reading.get("notices", []), "artefacts": _artefacts(found),
        "form": form or (_form(found, opened, nodes) if editing and opened else None),
        "open_loose": queries.open_pieces(found),
    }  # fmt: skip
    template = "desk/plans/version.html"
    if getattr(request, "htmx", False):
        return render(request, f"{template}#bench", context)
    return render(request, template, context, status=status)


def _addresses(found: PlanVersion, view: str) -> dict[str, Any]:
    return {
        "here": reverse("plans:version", args=[found.pk]),
        "act_url": reverse("plans:act", args=[found.pk]),
        "board_url": f"{reverse('board:index')}?year={found.plan.year}&plan={found.plan_id}",
        "plain": view not in ("cleaning", "cleaned"), "cleaning": view == "cleaning", "cleaned": view == "cleaned",
    }  # fmt: skip


def _row(node: queries.Node, labels: dict[str, str]) -> dict[str, Any]:
    programmes = [
        (key, labels.get(key, key).removeprefix(BRAND), labels.get(key, "").startswith(BRAND))
        for key in node.item.programmes
    ]
    return {
        "item": node.item, "level": min(node.level, 4), "depth": node.level, "programmes": programmes,
        "keys": {what: f"{what}-{node.item.pk}" for what in ("item", "after", "new", "prog")},
        "pk": str(node.item.pk), "url": reverse("plans:item", args=[node.item.pk]),
        "targets": [
            {"target": t, "pk": str(t.pk), "key": f"target-{t.pk}", "warning": _warning(t), "url": reverse("plans:target", args=[t.pk])}
            for t in node.targets
        ],
        "rest": node.item.text.removeprefix(node.item.title) if node.item.title else node.item.text,
    }  # fmt: skip


def _is_ready(target: Target) -> bool:
    return target.standing == Standing.SUGGESTED and bool(target.value) and bool(target.unit) and not target.per


def _warning(target: Target) -> str:
    """What stands between a suggestion and being taken as it is."""
    if target.standing != Standing.SUGGESTED:
        return ""
    if target.per:
        return f"原文按“{target.per}”计，请改为全年合计数"
    if target.kind in NUMERIC and (not target.value or not target.unit):
        return "请补上目标值和单位"
    return ""


def _artefacts(found: PlanVersion) -> list[dict[str, Any]]:
    """What was cleaned away, by reason."""
    removed = sorted(found.reading.get("artefacts_removed", []), key=lambda artefact: artefact["reason"])
    groups = []
    for reason, group in groupby(removed, key=lambda artefact: artefact["reason"]):
        texts = [artefact["text"] for artefact in group]
        shown = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
        groups.append(
            {
                "reason": reason,
                "count": len(texts),
                "texts": shown[:ARTEFACTS_SHOWN],
                "more": len(shown) > ARTEFACTS_SHOWN,
            }
        )
    return groups


def _form(found: PlanVersion, opened: str, nodes: list[queries.Node]) -> forms.Form | None:
    """The form a link asked for: ``item-5``, ``after-5`` (an item behind it), ``target-7``, ``new-5`` (a target of it)."""
    what, _, pk = opened.partition("-")
    by_pk = {str(node.item.pk): node.item for node in nodes}
    if what == "item" and pk in by_pk:
        return ItemForm(initial={"label": by_pk[pk].label, "text": by_pk[pk].text})
    if what == "after" and (pk in by_pk or pk == "0"):
        return ItemForm()
    if what == "target":
        target = next((t for node in nodes for t in node.targets if str(t.pk) == pk), None)
        return TargetForm.of(target, queries.owners(found.place)) if target else None
    if what == "new" and pk in by_pk:
        initial = {"title": by_pk[pk].title[:120], "kind": "QUAL", "owner": str(found.plan.unit_id), "bound": "MIN"}
        return TargetForm(initial=initial, owners=queries.owners(found.place))
    return None


# --- acts ------------------------------------------------------------------------------------------------------------


def _acted(
    request: ActingRequest,
    version_id: int,
    work: Callable[[int | None], str],
    *,
    opened: str = "",
    form: forms.Form | None = None,
    anchor: str = "",
) -> HttpResponse:
    """Do the work and show the page as it is then; when it is refused, with the form as it was filled in."""
    try:
        done = work(int(request.POST["revision"]) if request.POST.get("revision", "").isdigit() else None)
    except (Item.DoesNotExist, Target.DoesNotExist, PlanVersion.DoesNotExist) as error:
        raise Http404 from error
    except Refused as refused:
        if form is not None:
            for key, message in refused.fields.items():
                form.add_error(key if key in form.fields else None, message)
        status = 409 if isinstance(refused, Changed) else 400
        if form is None and not request.htmx:  # type: ignore[attr-defined]
            messages.error(request, str(refused))
            return redirect("plans:version", pk=version_id)
        return _show(request, _version(version_id), opened=opened, form=form, problem=str(refused), status=status)
    if request.htmx:  # type: ignore[attr-defined]
        return _show(request, _version(version_id), done=done)
    messages.success(request, done)
    return redirect(f"{reverse('plans:version', args=[version_id])}{anchor}")


@may(Verb.PLAN_EDIT)
@require_POST
def item(request: ActingRequest, pk: int) -> HttpResponse:
    """One act on an item: the name of the button says which."""
    try:
        found = Item.objects.get(pk=pk)
    except Item.DoesNotExist as error:
        raise Http404 from error
    act, by = request.POST.get("act", ""), request.acting
    anchor = f"#i-{pk}"
    if act in ("save", "split"):
        form = ItemForm(request.POST)
        if not form.is_valid():
            return _show(request, _version(found.version_id), opened=f"item-{pk}", form=form, status=400)
        data = form.cleaned_data
        return _acted(
            request, found.version_id,
            lambda revision: _said("已保存。", actions.edit_item(
                item_id=pk, label=data["label"], text=data["text"], split=act == "split", by=by, revision=revision)),
            opened=f"item-{pk}", form=form, anchor=anchor,
        )  # fmt: skip
    if programme := request.POST.get("programme_off") or (act == "programme" and request.POST.get("programme")):
        on = not request.POST.get("programme_off")
        return _acted(
            request, found.version_id,
            lambda revision: _said("已更新项目和品牌。", actions.set_programme(
                item_id=pk, programme=str(programme), on=on, by=by, revision=revision)),
            anchor=anchor,
        )  # fmt: skip
    simple: dict[str, tuple[Callable[..., Item], str]] = {
        "indent": (actions.indent, "已降一级。"),
        "outdent": (actions.outdent, "已升一级。"),
        "merge": (actions.merge_up, "已并入上一条。"),
        "drop": (actions.drop_item, "已删除，可在页面下方恢复。"),
        "restore": (actions.restore_item, "已恢复。"),
    }
    if act not in simple:
        return redirect("plans:version", pk=found.version_id)
    work, said = simple[act]
    return _acted(
        request,
        found.version_id,
        lambda revision: _said(said, work(item_id=pk, by=by, revision=revision)),
        anchor=anchor,
    )


def _said(text: str, _: object) -> str:
    return text


@may(Verb.PLAN_EDIT)
@require_POST
def target(request: ActingRequest, pk: int) -> HttpResponse:
    """Take, reject or correct a target of a draft."""
    try:
        found = Target.objects.get(pk=pk)
    except Target.DoesNotExist as error:
        raise Http404 from error
    act, by = request.POST.get("act", ""), request.acting
    standings = {"accept": Standing.ACCEPTED, "reject": Standing.REJECTED, "undo": Standing.SUGGESTED}
    if act in standings:
        return _acted(
            request, found.version_id,
            lambda revision: _said("已记下。", actions.decide_target(
                target_id=pk, standing=standings[act], by=by, revision=revision)),
            anchor=f"#t-{pk}",
        )  # fmt: skip
    form = TargetForm(request.POST, owners=queries.owners(found.place))
    if not form.is_valid():
        return _show(request, _version(found.version_id), opened=f"target-{pk}", form=form, status=400)
    return _acted(
        request, found.version_id,
        lambda revision: _said("目标已保存并采纳。", actions.edit_target(target_id=pk, by=by, revision=revision, **form.values())),
        opened=f"target-{pk}", form=form, anchor=f"#t-{pk}",
    )  # fmt: skip


@may(Verb.PLAN_EDIT)
@require_POST
def act(request: ActingRequest, pk: int) -> HttpResponse:
    """An act on the draft as a whole: masked places, loose pieces, new items and targets, publishing, discarding."""
    found = _version(pk)
    name, post, by = request.POST.get("act", ""), request.POST, request.acting
    index, after = _number(post.get("index")), _number(post.get("after")) or None
    same: dict[str, Any] = {"version_id": pk, "by": by}
    match name:
        case "mask":

            def work(revision: int | None) -> str:
                actions.fill_masked(index=index, words=post.get("words", ""), revision=revision, **same)
                return "已填写。"
        case "place":

            def work(revision: int | None) -> str:
                actions.place_loose(index=index, after_id=after, revision=revision, **same)
                return "已加为条目。"
        case "ignore" | "unignore":

            def work(revision: int | None) -> str:
                actions.ignore_loose(index=index, ignore=name == "ignore", revision=revision, **same)
                return "已记下。"
        case "accept_all":

            def work(revision: int | None) -> str:
                return f"采纳了{actions.accept_all(revision=revision, **same)}个目标。"
        case "add_item":
            return _add_item(request, found, after)
        case "add_target":
            return _add_target(request, found)
        case "publish":
            return _publish(request, found)
        case "discard":
            return _discard(request, found)
        case _:
            return redirect("plans:version", pk=pk)
    return _acted(request, pk, work)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0


def _add_item(request: ActingRequest, found: PlanVersion, after: int | None) -> HttpResponse:
    form, opened = ItemForm(request.POST), f"after-{after or 0}"
    if not form.is_valid():
        return _show(request, found, opened=opened, form=form, status=400)
    return _acted(
        request, found.pk,
        lambda revision: _said("已添加。", actions.add_item(
            version_id=found.pk, after_id=after, label=form.cleaned_data["label"], text=form.cleaned_data["text"],
            by=request.acting, revision=revision)),
        opened=opened, form=form,
    )  # fmt: skip


def _add_target(request: ActingRequest, found: PlanVersion) -> HttpResponse:
    item_id = _number(request.POST.get("item"))
    form, opened = TargetForm(request.POST, owners=queries.owners(found.place)), f"new-{item_id}"
    if not form.is_valid():
        return _show(request, found, opened=opened, form=form, status=400)
    return _acted(
        request, found.pk,
        lambda revision: _said("已添加目标。", actions.add_target(
            item_id=item_id, by=request.acting, revision=revision, **form.values())),
        opened=opened, form=form, anchor=f"#i-{item_id}",
    )  # fmt: skip


def _publish(request: ActingRequest, found: PlanVersion) -> HttpResponse:
    request.acting.require(Verb.PLAN_PUBLISH)
    try:
        revision = _number(request.POST.get("revision")) or None
        actions.publish(
            version_id=found.pk, by=request.acting, remark=request.POST.get("remark", ""), revision=revision
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("plans:version", pk=found.pk)
    messages.success(request, f"第{found.number}版已发布，进度看板已按它计算。")
    return redirect("plans:version", pk=found.pk)


def _discard(request: ActingRequest, found: PlanVersion) -> HttpResponse:
    try:
        actions.discard(version_id=found.pk, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("plans:version", pk=found.pk)
    messages.success(request, "草稿已删除，已发布的版本没有变。")
    return redirect("plans:index")
