"""Ready-made pieces of a way: filing, village, town and district review, public notice, visit, ways out.

A catalogue entry joins the pieces it needs and adds its own. Deadlines are working days and arguments, so that each
entry states its own; the defaults are common practice (domain notes 2c) and no rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from niangjia.access.verbs import Verb
from niangjia.core.codes import Level
from niangjia.flow.kinds import ENDED, StateKind
from niangjia.flow.machine import State, Transition, Workflow
from niangjia.intake.sheet import Field, Kind, Section, Sensitivity, Sheet
from niangjia.programmes.definition import Act, Effect

DISTRICT, TOWN, VILLAGE = Level.DISTRICT, Level.TOWN, Level.VILLAGE

RETURN_REASONS = (
    ("PAPERS_MISSING", "缺少材料"),
    ("FACTS_DIFFER", "填写与实际不一致"),
    ("TEXT_WEAK", "内容不完整"),
    ("OTHER", "其他（请写明）"),
)
REFUSE_REASONS = (
    ("NOT_RESIDENT", "不在本区"),
    ("CONDITIONS", "不符合条件"),
    ("UNTRUE", "情况不实"),
    ("OTHER", "其他（请写明）"),
)
REVOKE_REASONS = (("UNTRUE", "情况不实"), ("BREACH", "有违规失德行为"), ("OTHER", "其他（请写明）"))


@dataclass(frozen=True, slots=True)
class Piece:
    """Some states, the steps between them, and what the steps do."""

    states: tuple[State, ...] = ()
    steps: tuple[Transition, ...] = ()
    acts: Mapping[str, Act] = field(default_factory=dict)


def join(
    *pieces: Piece, initial: str = "DRAFT", stops: Mapping[str, int] = MappingProxyType({})
) -> tuple[Workflow, dict[str, Act]]:
    """The whole way and the acts of its steps. Raises DefinitionError when the pieces do not hold together.

    ``stops`` says for states which of the programme's ``portal_steps`` they are, from 1.
    """
    workflow = Workflow(
        tuple(replace(state, stop=stops.get(state.key, state.stop)) for piece in pieces for state in piece.states),
        tuple(step for piece in pieces for step in piece.steps),
        initial,
    )
    return workflow, {key: act for piece in pieces for key, act in piece.acts.items()}


def filing(to: str, *, residents: bool = True, officers: bool = True, correct: str = "请补正") -> Piece:
    """Filling in and handing in, by residents, by officers, or both; and correcting what was sent back."""
    steps: list[Transition] = []
    if residents:
        steps += [
            Transition("submit", "提交", ("DRAFT",), to, Verb.APPLY),
            Transition("resubmit", "补正后再次提交", ("RETURNED",), to, Verb.APPLY),
        ]
    if officers:
        steps += [
            Transition("submit_for", "代填提交", ("DRAFT",), to, Verb.CASE_ENTER),
            Transition("resubmit_for", "代为补正提交", ("RETURNED",), to, Verb.CASE_ENTER),
        ]
    states = (
        State("DRAFT", "填写中", StateKind.DRAFT),
        State("RETURNED", "退回补正", StateKind.RETURNED, VILLAGE, 10, correct),
    )
    return Piece(states, tuple(steps))


def village(
    to: str, *, at: str = "SUBMITTED", label: str = "待村社区核实", say: str = "情况属实，上报镇街", days: int = 5,
    originals: bool = False, act: Act | None = None,
) -> Piece:  # fmt: skip
    """The village looks at it: sends it on, or back to who filed. ``originals`` asks for each paper to be compared."""
    steps = (
        Transition("verify", say, (at,), to, Verb.CASE_VERIFY, VILLAGE, form="verify" if originals else ""),
        Transition(
            "return_to_applicant", "退回补正", (at,), "RETURNED", Verb.CASE_VERIFY, VILLAGE, True, RETURN_REASONS
        ),
    )
    return Piece((State(at, label, StateKind.REVIEW, VILLAGE, days),), steps, {"verify": act} if act else {})


def town(
    to: str, *, at: str = "VERIFIED", back: str = "SUBMITTED", label: str = "待镇街审核", say: str = "审核通过，报区妇联",
    days: int = 5, within_quota: bool = False, act: Act | None = None,
) -> Piece:  # fmt: skip
    """The town looks at it: sends it on, within its quota where there is one, or back to the village, or refuses."""
    done = act or (Act(within_quota=True) if within_quota else None)
    steps = (
        Transition("review", say, (at,), to, Verb.CASE_REVIEW, TOWN),
        Transition("return_to_village", "退回村社区", (at,), back, Verb.CASE_REVIEW, TOWN, True, RETURN_REASONS),
    )
    return Piece((State(at, label, StateKind.REVIEW, TOWN, days),), steps, {"review": done} if done else {})


def district(
    to: str, *, at: str = "REVIEWED", back: str = "VERIFIED", label: str = "待区级审定", say: str = "审定通过",
    days: int = 10, refusable: Sequence[str] = (), act: Act | None = None,
) -> Piece:  # fmt: skip
    """The district rules: approves (every rule must pass), refuses, or sends it back to the town."""
    steps = (
        Transition("approve", say, (at,), to, Verb.CASE_DECIDE, DISTRICT),
        Transition(
            "refuse",
            "不予通过",
            (at, *refusable),
            "REJECTED",
            Verb.CASE_DECIDE,
            DISTRICT,
            True,
            REFUSE_REASONS,
            aside=True,
        ),
        Transition("return_to_town", "退回镇街", (at,), back, Verb.CASE_DECIDE, DISTRICT, True, RETURN_REASONS),
    )
    states = (State(at, label, StateKind.REVIEW, DISTRICT, days), State("REJECTED", "未通过", StateKind.REFUSED))
    return Piece(
        states, steps, {"approve": act or Act(effects=(Effect.APPROVE,)), "refuse": Act(effects=(Effect.REFUSE,))}
    )


def asking(*, at: str = "REVIEWED", days: int = 10) -> Piece:
    """Partner departments are asked from the district's desk; their answers bring the case back to it."""
    steps = (
        Transition("ask", "发起部门核验", (at,), "CHECKING", Verb.CASE_ASK, DISTRICT, bulk=True),
        Transition("answered", "部门核验完毕", ("CHECKING",), at, Verb.CHECK_ANSWER, automatic=True),
        Transition(
            "recall", "收回核验", ("CHECKING",), at, Verb.CASE_ASK, DISTRICT, confirm="未答复的核验将取消。", aside=True
        ),
    )  # fmt: skip
    return Piece((State("CHECKING", "部门核验中", StateKind.OUTSIDE_CHECK, DISTRICT, days, "区级审核中"),), steps)


def notice(to: str, *, at: str = "ALLOCATED", level: Level = DISTRICT, label: str = "待公示", days: int = 5,
           refused: str = "REJECTED", effects: tuple[Effect, ...] = (Effect.GRANT,)) -> Piece:  # fmt: skip
    """A public notice: what nobody objected to is granted when it is over; an objection waits for its answer.

    Where towns or villages post it, the house still ends it and the district may take it down: the steps bind no level, and
    ``NoticePlan.scope`` says who drafts.
    """
    bound = level if level is DISTRICT else None
    steps = (
        Transition("give_notice", "开始公示", (at,), "NOTICE", Verb.NOTICE_PUBLISH, bound, automatic=True),
        Transition("take_down", "撤下公示", ("NOTICE",), at, Verb.NOTICE_PUBLISH, bound, automatic=True),
        Transition("object", "公示期收到异议", ("NOTICE",), "OBJECTION", Verb.OBJECT, automatic=True),
        Transition(
            "dismiss_objection", "异议不成立", ("OBJECTION",), "NOTICE", Verb.OBJECTION_HANDLE, None, automatic=True
        ),
        Transition(
            "uphold_objection", "异议成立，取消资格", ("OBJECTION",), refused, Verb.OBJECTION_HANDLE, None, True,
            (("OBJECTION", "公示异议成立"),), automatic=True,
        ),
        Transition("grant", "公示无异议", ("NOTICE",), to, Verb.NOTICE_PUBLISH, bound, automatic=True),
    )  # fmt: skip
    states = (
        State(at, label, StateKind.QUEUE, level, days),
        State("NOTICE", "公示中", StateKind.NOTICE, level),
        State("OBJECTION", "异议核查", StateKind.REVIEW, DISTRICT, 5, "公示异议核查中"),
    )
    return Piece(states, steps, {"grant": Act(effects=effects)})


def withdrawal(*sources: str, residents: bool = True) -> Piece:
    """She takes it back, herself or through an officer."""
    everywhere = ("DRAFT", *sources)
    steps: tuple[Transition, ...] = (
        Transition(
            "withdraw_for", "代为撤回", everywhere, "WITHDRAWN", Verb.CASE_ENTER, None, True,
            (("HER_WISH", "本人要求撤回"), ("DUPLICATE", "重复申请")), aside=True,
        ),
    )  # fmt: skip
    acts = {"withdraw_for": Act(effects=(Effect.CANCEL,))}
    if residents:
        steps += (
            Transition(
                "withdraw", "撤回申请", everywhere, "WITHDRAWN", Verb.APPLY,
                confirm="撤回后本次申请终止，受理期内可以重新申请。", aside=True,
            ),
        )  # fmt: skip
        acts["withdraw"] = Act(effects=(Effect.CANCEL,))
    return Piece((State("WITHDRAWN", "本人撤回", StateKind.WITHDRAWN),), steps, acts)


def revocation(*sources: str, label: str = "撤销", confirm: str = "撤销后不能恢复。") -> Piece:
    """The district takes a grant back after the fact."""
    steps = (
        Transition(
            "revoke",
            label,
            sources,
            "REVOKED",
            Verb.CASE_DECIDE,
            DISTRICT,
            True,
            REVOKE_REASONS,
            confirm=confirm,
            aside=True,
        ),
    )
    return Piece((State("REVOKED", "已撤销", StateKind.REFUSED),), steps, {"revoke": Act(effects=(Effect.REVOKE,))})


def step(
    key: str, label: str, source: str | tuple[str, ...], to: State | str, verb: Verb, level: Level | None = None,
    act: Act | None = None, **kwargs: object,
) -> Piece:  # fmt: skip
    """One step of an entry's own, with the state it leads to when that is not another piece's."""
    sources = (source,) if isinstance(source, str) else source
    target = to if isinstance(to, str) else to.key
    taken = Transition(key, label, sources, target, verb, level, **kwargs)  # type: ignore[arg-type]
    return Piece(() if isinstance(to, str) else (to,), (taken,), {key: act} if act else {})


def visit_sheet(*more: Field, money: bool = True, goods: bool = False, health: bool = False) -> Sheet:
    """The sheet of a visit, filled in within a minute on a phone. Photos are never asked for."""
    plain = Sensitivity.PLAIN
    fields = [
        Field("visited_on", "日期", Kind.DATE, plain),
        Field("way", "方式", Kind.CHOICE, plain, choices=(("VISIT", "入户"), ("PHONE", "电话"))),
        Field("visitors", "走访人", Kind.TEXT, plain, required=False, help="不填就是您本人。"),
    ]
    if money:
        fields.append(Field("cash", "慰问金（元）", Kind.MONEY, plain, required=False))
    if goods:
        fields.append(Field("goods", "慰问物品", Kind.TEXT, plain, required=False))
        fields.append(Field("goods_value", "物品折价（元）", Kind.MONEY, plain, required=False))
    if health:
        fields.append(
            Field(
                "condition",
                "身体状况",
                Kind.TEXT,
                Sensitivity.HEALTH,
                required=False,
                max_length=200,
                help="只给经办人看。",
            )
        )
    fields.append(Field("heard", "听到的需求和意见", Kind.LONGTEXT, plain, required=False, max_length=200))
    fields.append(Field("witness", "签收人或见证人", Kind.NAME, plain, required=False))
    return Sheet((Section("visit", "走访", (*fields, *more)),))


def running(workflow: Workflow) -> tuple[str, ...]:
    """The states of a way that are not over."""
    return tuple(state.key for state in workflow.states if state.kind not in ENDED)
