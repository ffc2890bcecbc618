"""The first page of an officer's day: what waits for her, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from niangjia.access.acting import Acting, ActorKind
from niangjia.access.verbs import Verb
from niangjia.campaigns import queries as studies
from niangjia.core import clock, codes, counting
from niangjia.family_education import queries as family
from niangjia.family_education.kinds import ItemState
from niangjia.flow.kinds import StateKind
from niangjia.helpline import queries as helpline
from niangjia.lessons import queries as lessons
from niangjia.lessons.kinds import QuestionState
from niangjia.needs import queries as needs
from niangjia.outlines import queries as outlines
from niangjia.programmes import queries
from niangjia.training import queries as training
from niangjia.web.desk.cases.rows import Row, rows_of
from niangjia.web.guard import ActingRequest, may
from niangjia.wishes import queries as wishes

SHOWN = 60


Records = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """Something that may wait for her beyond single cases: the records that are counted, or how many there are."""

    label: str
    count: Records | int
    url: str
    tone: str = "plain"
    note: str = ""


def counted(tasks: Sequence[Task]) -> list[Task]:
    """Those of which there are any. One statement counts what all rooms have waiting."""
    asked = {str(at): task.count for at, task in enumerate(tasks) if not isinstance(task.count, int)}
    found: dict[str, Any] = counting.count_all(asked)
    sized = [replace(task, count=found.get(str(at), task.count)) for at, task in enumerate(tasks)]
    return [task for task in sized if task.count]


@may(Verb.ORG_READ, Verb.CHECK_ANSWER, Verb.INDICATOR_FILL, Verb.TRAINING_TEACH)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    acting = request.acting
    if acting.kind is ActorKind.PARTNER:
        return redirect(_partner_page(acting))
    context: dict[str, Any] = {"sections": [], "counts": None, "drafts": [], "tasks": [], "more": 0}
    if acting.may(Verb.CASE_READ):
        context |= _cases(acting)
    rooms = (
        case_tasks,
        need_tasks,
        line_tasks,
        wish_tasks,
        outline_tasks,
        training_tasks,
        family_tasks,
        learning_tasks,
    )
    context["tasks"] = counted([task for room in rooms for task in room(acting)])
    if acting.may(Verb.CASE_ENTER):
        context["drafts"] = list(queries.drafts(acting).order_by("-id")[:20])
        context["may_enter"] = True
    context["quiet"] = not (context["sections"] or context["drafts"] or context["tasks"])
    return render(request, "desk/inbox/index.html", {"may_enter": False, "today": clock.today(), **context})


def _cases(acting: Acting) -> dict[str, Any]:
    today = clock.today()
    waiting = queries.inbox(acting)
    soon = queries.soon_until(today)
    shown = list(waiting.defer("answers", "sealed_answers")[: SHOWN + 1])
    if len(shown) <= SHOWN:  # all of them are here, and nobody need be asked how many there are
        days = [case.due_on for case in shown if case.due_on]
        late = sum(day < today for day in days)
        counts = queries.Urgency(len(shown), late, sum(today <= day <= soon for day in days))
    else:
        counts = queries.urgency(waiting, today=today, soon=soon)
        shown = shown[:SHOWN]
    if not counts.total:
        return {"counts": counts}
    last = queries.last_steps(shown)
    rows = rows_of(shown, today, last)
    grouped: dict[str, list[Row]] = {"overdue": [], "soon": [], "returned": [], "rest": []}
    for row in rows:
        grouped[_group(row)].append(row)
    only_rest = all(not group for key, group in grouped.items() if key != "rest")
    titles = {
        "overdue": "已逾期",
        "soon": "即将到期",
        "returned": "退回的",
        "rest": "待办" if only_rest else "其他待办",
    }
    return {
        "counts": counts,
        "sections": [(key, titles[key], group) for key, group in grouped.items() if group],
        "more": counts.total - len(shown),
    }


def _group(row: Row) -> str:
    if row.due and row.due.tone == "bad":
        return "overdue"
    if row.due and row.due.tone == "due":
        return "soon"
    return "returned" if row.note or row.kind == StateKind.RETURNED else "rest"


def need_tasks(acting: Acting) -> list[Task]:
    """Needs that lie with her unit."""
    if not acting.may(Verb.NEED_HANDLE):
        return []
    waiting, page = needs.waiting(acting, clock.today()), reverse("needs:index")
    return [
        Task("群众需求已逾期", waiting["overdue"], f"{page}?show=due", "bad"),
        Task("群众需求待分派", waiting["to_assign"], page, "due"),
        Task("群众需求办理中", waiting["in_hand"], page),
    ]


def line_tasks(acting: Acting) -> list[Task]:
    """Matters of the line she answers for: a count and no word of what they are about."""
    if not acting.may(Verb.HELPLINE_HANDLE):
        return []
    waiting, page = helpline.waiting(acting, clock.today()), reverse("helpline:index")
    return [
        Task("紧急来件", waiting["emergencies"], page, "bad", "先打电话"),
        Task("来件待研判", waiting["fresh"], page, "due"),
        Task("来件已逾期", waiting["overdue"], page, "bad"),
        Task("来件有新情况", waiting["unread"], page, "due"),
        Task("来件待甄别", waiting["held"], f"{page}?show=held"),
    ]


def wish_tasks(acting: Acting) -> list[Task]:
    """Wishes that wait for what she may do. Villages verify and bring, towns publish: the district is not told."""
    page = reverse("wishes:index")
    shown = {
        codes.Level.VILLAGE: (
            ("verify", "待核实", "verify"),
            ("deliver", "待送到", "claimed"),
            ("confirm", "待确认", "confirm"),
        ),
        codes.Level.TOWN: (("publish", "待公开", "publish"),),
    }.get(acting.level, ())
    if not shown or not acting.may(Verb.WISH_HANDLE if acting.level is codes.Level.VILLAGE else Verb.WISH_PUBLISH):
        return []
    waiting = wishes.waiting()
    return [Task(f"微心愿{label}", waiting[key], f"{page}?show={show}") for key, label, show in shown]


def training_tasks(acting: Acting) -> list[Task]:
    """Women, classes and calls of training that wait for her unit."""
    waiting, page, calls = (
        training.waiting(acting.place, clock.today()),
        reverse("training:index"),
        reverse("training:calls"),
    )
    tasks = {
        Verb.TRAINING_ENROL: [
            Task("培训班取消待告知", waiting["to_tell"], reverse("training:to_tell"), "bad"),
            Task("参训资格待核实", waiting["to_prove"], page),
        ],
        Verb.TRAINING_FOLLOW_UP: [
            Task("就业回访已逾期", waiting["calls_late"], calls, "bad"),
            Task("就业回访", waiting["calls"], calls, "due"),
        ],
        Verb.TRAINING_MANAGE: [
            Task("培训报名待录取", waiting["to_accept"], f"{page}?state=ENROLLING"),
            Task("培训补贴待申领", waiting["to_claim"], f"{page}?state=CLOSED"),
        ],
        Verb.TRAINING_APPROVE: [
            Task("培训班待批准", waiting["to_approve"], f"{page}?state=PLANNED", "due"),
            Task("培训补贴待审定", waiting["to_audit"], f"{page}?state=SUBSIDY_CLAIMED", "due"),
        ],
    }
    return [task for verb, own in tasks.items() if acting.may(verb) for task in own]


def learning_tasks(acting: Acting) -> list[Task]:
    """What a unit owes a study campaign, and parents' questions without an answer."""
    found = []
    if acting.may(Verb.STUDY_REPORT):
        owed = studies.open_returns(acting.unit_id or 0)
        found.append(Task("专题学习待上报", owed, reverse("campaigns:index"), "due"))
    if acting.may(Verb.LESSON_ANSWER):
        asked = lessons.questions(QuestionState.ASKED)
        found.append(Task("家长提问待解答", asked, reverse("lessons:questions"), "due"))
    return found


def family_tasks(acting: Acting) -> list[Task]:
    """Duties of the regulation her unit was reminded of, and ordered lectures at her station."""
    if not acting.may(Verb.FAMILY_RECORD) or acting.unit_id is None:
        return []
    waiting, orders = family.waiting(acting.unit_id, clock.now()), reverse("family:orders")
    owed, own = family.reminded(acting.unit_id, today=clock.today()), reverse("family:unit", args=[acting.unit_id])
    late = sum(item.state == ItemState.OVERDUE for item in owed)
    found = [
        Task("家庭教育职责逾期未完成", late, own, "bad"),
        Task("家庭教育职责待完成", len(owed) - late, own, "due", "区妇联已提醒"),
    ]
    if acting.may(Verb.FAMILY_MANAGE):
        found.append(Task("讲座点单待安排讲师", waiting["to_match"], orders, "due"))
    if acting.may(Verb.FAMILY_ORDER):
        found.append(Task("讲座已到时间，待登记人次", waiting["to_hold"], orders, "due"))
        found.append(Task("讲座待评价", waiting["to_rate"], orders))
    return found


def outline_tasks(acting: Acting) -> list[Task]:
    """What waits for the office of outlines."""
    if not acting.may(Verb.OUTLINE_MANAGE):
        return []
    waiting, page = outlines.waiting(codes.district_of(acting.place)), reverse("outlines:index")
    return [
        Task("指标值待确认", waiting["to_confirm"], page, "due", "统计部门已审核"),
        Task("督办单待报整改计划", waiting["unplanned"], page, note="由牵头部门报"),
    ]


def case_tasks(acting: Acting) -> list[Task]:
    """What waits beyond single cases: rounds, notices, objections, departments, the bank."""
    if not acting.may(Verb.CASE_READ):
        return []
    waiting = queries.waiting(acting, clock.today())
    rounds, notices, payments = reverse("rounds:index"), reverse("notices:index"), reverse("payments:index")
    lines = (
        ("objections", "异议待处理", f"{notices}?show=objections", "bad", "处理前不发放"),
        ("blocked", "被拦截的公示待放行", notices, "bad", "须两人分别确认"),
        ("drafts", "公示草稿待发布", notices, "plain", ""),
        ("late_checks", "部门逾期未答复", f"{reverse('cases:index')}?kind=outside_check", "due", ""),
        ("approved", "已审定待上报", rounds, "plain", ""),
        ("reported", "已上报待分配名额", rounds, "plain", ""),
        ("allotted", "已审定待公示", notices, "plain", ""),
        ("granted", "待列入发放清单", payments, "plain", ""),
        ("lists", "发放清单待登记结果", payments, "due", ""),
        ("closing", "批次一周内截止受理", rounds, "due", ""),
    )
    return [Task(label, waiting[key], url, tone, note) for key, label, url, tone, note in lines if key in waiting]


def _partner_page(acting: Acting) -> str:
    """Where a department's day begins: at the questions it was asked, else at the indicators it owes."""
    if not acting.may(Verb.CHECK_ANSWER):
        return "indicators:index"
    asked = queries.checks_for_unit().filter(answered_at__isnull=True).exists()
    if not asked and acting.may(Verb.FAMILY_RECORD) and not acting.may(Verb.FAMILY_READ):
        return "our_family:index"  # a school
    if acting.may(Verb.TRAINING_TEACH) and not asked:
        return "our_training:index"
    owes = not asked and acting.may(Verb.INDICATOR_FILL) and acting.unit_id is not None
    waiting = outlines.partner_counts(acting.unit_id or 0, codes.district_of(acting.place)) if owes else {}
    return "indicators:index" if any(waiting.values()) else "checks:index"
