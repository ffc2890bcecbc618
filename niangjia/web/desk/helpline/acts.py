"""What can be done to one matter, each a page that asks for a few things: its form, what it does, and when it is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.forms import Form

from niangjia.access.acting import Acting
from niangjia.core.refused import Refused
from niangjia.helpline import actions, queries, rules
from niangjia.helpline.kinds import ANSWERED, ENDED, LIVE, MediationResult, State
from niangjia.helpline.models import Matter
from niangjia.web.desk.choices import choose, place_choices
from niangjia.web.desk.helpline import forms

Data = Mapping[str, Any]
Do = Callable[[Matter, Data, Acting], str]


@dataclass(frozen=True, slots=True)
class Act:
    """``when`` are the states in which it is offered; ``primary`` the one in which it is the next thing to do."""

    label: str
    form: type[Form]
    do: Do
    when: frozenset[State]
    primary: frozenset[State] = frozenset()
    choices: Callable[[Form, Matter, Acting], None] = lambda form, matter, by: None
    initial: Callable[[Matter], dict[str, Any]] = lambda matter: {}
    subtitle: str = ""


def _from(state: State) -> frozenset[State]:
    """The states from which one may come to another."""
    return frozenset(one for one in State if rules.may_become(one, state))


def _does(action: Callable[..., object], said: str) -> Do:
    """An act that takes what its form asks."""

    def do(matter: Matter, data: Data, by: Acting) -> str:
        action(matter_id=matter.pk, by=by, **data)
        return said

    return do


def _accept(matter: Matter, data: Data, by: Acting) -> str:
    done = actions.accept(matter_id=matter.pk, by=by, **data)
    return f"已受理并告知来件人，{done.due_on:%m月%d日}前答复。"


def _extend(matter: Matter, data: Data, by: Acting) -> str:
    return f"已延长到{actions.extend(matter_id=matter.pk, by=by, **data).due_on:%m月%d日}，并告知来件人。"


def _people(matter: Matter, by: Acting) -> dict[str, tuple[Any, queries.Person]]:
    return {
        f"{unit.pk}-{one.account}": (unit, one)
        for unit in queries.assignable(matter.place, by.place)
        for one in queries.handlers(unit)
        if one.account != matter.supervisor_account
    }


def _assign(matter: Matter, data: Data, by: Acting) -> str:
    unit, person = _people(matter, by)[data["to"]]
    actions.assign(matter_id=matter.pk, unit=unit, handler=person, by=by, revision=data["revision"])
    return f"已交{person.name}办理。"


def _refer(matter: Matter, data: Data, by: Acting) -> str:
    department = queries.departments().get(pk=data["department"])
    made = actions.refer(matter_id=matter.pk, by=by, **{**data, "department": department})
    return f"已登记{made.get_kind_display()} {made.number}，可下载打印。"


def _end_mediation(matter: Matter, data: Data, by: Acting) -> str:
    running = matter.mediations.filter(result="").first()
    if running is None:
        raise Refused("现在没有正在进行的调解。")
    actions.end_mediation(mediation_id=running.pk, by=by, **data)
    return "调解结果已登记。"


def _complete(matter: Matter, data: Data, by: Acting) -> str:
    last = matter.mediations.exclude(result="").first()
    if last is None:
        raise Refused("还没有调解结果。")
    actions.complete_mediation(mediation_id=last.pk, by=by, **data)
    return "已登记。"


def _follow_up(matter: Matter, data: Data, by: Acting) -> str:
    actions.follow_up(matter_id=matter.pk, by=by, **data)
    return "已登记回访。" if data["safe"] else "已转回办理，请马上联系她，必要时报警。"


ACTS: Final[dict[str, Act]] = {
    "triage": Act(
        "研判", forms.TriageForm, _does(actions.triage, "已研判。"), LIVE, frozenset({State.RECEIVED}),
        choices=lambda form, matter, by: choose(form, "place", [(by.place, "不清楚"), *place_choices(by.place)[1:]]),
        initial=lambda matter: {
            key: getattr(matter, key)
            for key in ("risk", "topic", "kind", "place", "minor", "pregnant", "disabled", "elder", "age_band", "relation")
        },
    ),
    "accept": Act(
        "受理", forms.Act, _accept, _from(State.ACCEPTED), frozenset({State.TRIAGED}),
        subtitle="告知来件人已受理。反映问题和建议的，从今天起60日内办结。",
    ),
    "begin": Act("开始办理", forms.BeginForm, _does(actions.begin, "办理中。"), _from(State.IN_HAND) - set(ENDED), frozenset({State.ACCEPTED})),
    "reply": Act(
        "答复", forms.TextForm, _does(actions.reply, "已答复，她凭答复码可以看到。"), _from(State.REPLIED), frozenset({State.IN_HAND, State.REFERRED}),
    ),
    "advise": Act(
        "当场解答", forms.TextForm, _does(actions.advise, "已解答，她凭答复码可以看到。"), _from(State.ADVISED),
        subtitle="一说就清楚的，或不归妇联管、告诉她该去哪里的。",
    ),
    "follow-up": Act(
        "回访", forms.FollowUpForm, _follow_up, frozenset(ANSWERED), frozenset({State.REPLIED})
    ),
    "refer": Act(
        "发函", forms.ReferForm, _refer, LIVE - {State.RECEIVED},
        choices=lambda form, matter, by: choose(form, "department", [(unit.pk, unit.short_name) for unit in queries.departments()]),
        subtitle="转办函、要求调查处理函；逾期不理的，由督办人发督促处理意见书（妇女权益保障法第七十三条）。",
    ),
    "mediate": Act("调解", forms.MediateForm, _does(actions.mediate, "已登记，开始调解。"), LIVE - {State.RECEIVED}, subtitle="不收费；暴力、侵害的事不调解。"),
    "end-mediation": Act("登记调解结果", forms.EndMediationForm, _end_mediation, LIVE),
    "complete-mediation": Act("登记履行和司法确认", forms.CompleteForm, _complete, frozenset(State)),
    "assign": Act(
        "交办", forms.AssignForm, _assign, LIVE,
        choices=lambda form, matter, by: choose(form, "to", [(key, person.name) for key, (_, person) in _people(matter, by).items()]),
    ),
    "note": Act("记一笔", forms.NoteForm, _does(actions.note_step, "已记下。"), frozenset(State) - {State.HELD}),
    "extend": Act("延长", forms.ExtendForm, _extend, LIVE),
    "close": Act(
        "办结", forms.CloseForm, _does(actions.close, "已办结。"), _from(State.CLOSED) - {State.HELD}, frozenset({State.ADVISED, State.FOLLOWED_UP})
    ),
    "reopen": Act("重新办理", forms.ReasonForm, _does(actions.reopen, "重新办理。"), frozenset(ENDED)),
}  # fmt: skip


def offered(matter: Matter) -> list[tuple[str, Act, bool]]:
    """The acts of a matter as it stands, the next thing to do first."""
    state = State(matter.state)
    running = matter.mediations.filter(result="").exists()
    settled = matter.mediations.filter(result=MediationResult.SETTLED).exists()
    hidden = {
        "end-mediation": not running, "complete-mediation": not settled, "mediate": running or bool(rules.may_mediate(matter.topic, risk=matter.risk)),
        "extend": matter.done_by is None or bool(matter.extended_why),
    }  # fmt: skip
    found = [
        (key, act, state in act.primary)
        for key, act in ACTS.items()
        if state in act.when and not hidden.get(key, False)
    ]
    return sorted(found, key=lambda one: not one[2])
