"""What a programme of the catalogue declares. Frozen, free of Django, checked when it is built.

Everything the engine can do is asked for here and nowhere else; ``catalogue/README.md`` tells how to write an entry.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from niangjia.core.codes import Level
from niangjia.core.labelled import Labelled
from niangjia.flow.machine import DefinitionError, Finding, Workflow
from niangjia.intake.sheet import Kind, Sheet


class Subject(Labelled):
    """What is judged or served. Only a PERSON or FAMILY can be a person of the register."""

    PERSON = "person", "个人"
    FAMILY = "family", "家庭"
    YARD = "yard", "庭院"
    TEXT = "text", "作品"
    GROUP = "group", "组织"


class Often(Labelled):
    """How often the same one may be granted the same thing; the database holds it."""

    LIFE = "life", "终身一次"
    YEAR = "year", "每年一次"
    ROUND = "round", "每批次一次"
    ANY = "any", "不限"


class Forward(Labelled):
    """Who may put a case forward. SELF and OTHER are residents on the portal, the others act at the desk."""

    SELF = "self", "本人申请"
    OTHER = "other", "他人推荐"
    OFFICER = "officer", "村镇代填"
    UNIT = "unit", "组织推荐"


class Gives(Labelled):
    """What a grant is. Only MONEY has an amount that must be set on the round."""

    MONEY = "money", "救助金"
    GOODS = "goods", "物资"
    HONOUR = "honour", "荣誉"
    RECOMMENDATION = "recommendation", "推荐"
    SERVICE = "service", "服务"


class Effect(Labelled):
    """What a step does to the records besides moving the case."""

    APPROVE = "approve", "审定同意"  # a Decision with the facts frozen; every rule must pass
    REFUSE = "refuse", "审定不同意"  # a Decision
    GRANT = "grant", "给予"  # a Grant row, once by ``Version.often``
    DELIVER = "deliver", "交付"  # the Grant was handed over today
    VISIT = "visit", "走访"  # a Visit out of the step's sheet
    REVOKE = "revoke", "撤销"  # the Grant is taken back
    CANCEL = "cancel", "终止"  # the Grant ends without having been given


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules may know besides the answers. ``today`` is the day of judgement, never used for status."""

    cutoff_on: dt.date
    opens_on: dt.date
    closes_on: dt.date
    submitted_on: dt.date | None
    today: dt.date
    granted_before: bool
    died_on: dt.date | None
    checks: Mapping[str, str]
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the order of waiting may look at besides the answers."""

    submitted_at: dt.datetime
    waited_before: bool
    number: str


Rules = Callable[[Mapping[str, Any], Context], list[Finding]]
Rank = Callable[[Mapping[str, Any], Waiting], tuple[Any, ...]]
# A function of the entry run in the step's own transaction: hook(case=Case, answers=step answers, by=Acting). It may call
# the rooms below (stock, certificates, needs, …) and raises ``actions.errors.Refused`` to stop the step.
Hook = Callable[..., None]


def no_rules(answers: Mapping[str, Any], context: Context) -> list[Finding]:
    """A programme in which people judge, not conditions."""
    return []


def first_come(answers: Mapping[str, Any], waiting: Waiting) -> tuple[Any, ...]:
    """Waiting in vain in an earlier round counts first, then the day of filing."""
    return (not waiting.waited_before, waiting.submitted_at, waiting.number)


@dataclass(frozen=True, slots=True)
class Check:
    """A question for a partner department: which unit is found by its short name, which answers it is shown."""

    key: str
    unit_name: str
    question: str
    shows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bindings:
    """Which answers become columns. Name and place always; the rest only where the programme asks for it.

    ``name`` is the person's, the family's, the work's or the body's name. ``id_number`` links the case to the register of
    persons, when it is given. ``household`` names the answers that together name a household. ``title`` is the entry's own
    title. ``nominator`` and ``nominator_phone`` are who puts another forward: fields of a sealed sensitivity.
    """

    name: str
    place: str
    id_number: str = ""
    phone: str = ""
    category: str = ""
    card: str = ""
    card_holder: str = ""
    bank: str = ""
    publish_consent: str = ""
    household: tuple[str, ...] = ()
    title: str = ""
    amount: str = ""
    nominator: str = ""
    nominator_phone: str = ""

    @property
    def used(self) -> tuple[str, ...]:
        """The keys of all bound answers."""
        one = (self.name, self.place, self.id_number, self.phone, self.category, self.card, self.card_holder, self.bank)
        more = (self.publish_consent, self.title, self.amount, self.nominator, self.nominator_phone)
        return tuple(key for key in (*one, *more, *self.household) if key)


VISIT_FIELDS = ("visited_on", "way", "visitors", "cash", "goods", "goods_value", "heard", "condition", "witness")


@dataclass(frozen=True, slots=True)
class Act:
    """What taking a step asks for and does. ``Version.acts`` maps a step's key to it; a step not named there only moves.

    ``sheet`` is filled in with the step; its answers stay with the Step. ``amount`` and ``quantity`` name answers of that
    sheet that become the grant's, ``day`` the one that is the day of delivery. ``within_quota`` makes the step count against what the case's town was allotted.
    A sheet of a VISIT uses the keys of ``VISIT_FIELDS`` it needs, ``visited_on`` at least.
    """

    sheet: Sheet | None = None
    effects: tuple[Effect, ...] = ()
    run: Hook | None = None
    amount: str = ""
    quantity: str = ""
    day: str = ""
    within_quota: bool = False


class Show(Labelled):
    """A column of a public line. There is none for numbers of people, addresses, health or children."""

    NAME = "name", "姓名"
    TITLE = "title", "名称"
    TOWN = "town", "镇街"
    VILLAGE = "village", "村（社区）"
    CATEGORY = "category", "类别"
    AMOUNT = "amount", "金额（元）"


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """How cases are made public (公示): by whom, what a line shows, what may not be written, for how long.

    Names stand only by separate consent, masked unless ``full_names``. ``nameless`` is what stands for the others,
    followed by the line's number. ``forbidden`` words stop the notice where they are found in title or text. ``title`` and
    ``body`` are what a draft begins with.
    """

    shows: tuple[Show, ...] = (Show.NAME, Show.TOWN)
    scope: Level = Level.DISTRICT
    full_names: bool = False
    nameless: str = "申请人"
    forbidden: tuple[str, ...] = ()
    days: int = 7
    unit: str = "workday"
    title: str = "拟定名单公示"
    body: str = "现将拟定名单予以公示。公示期内如有异议，请通过下列方式反映，我们将逐件核查答复。"


# Where a value of a paper comes from: an answer ("name"), an answer of a step ("outcome.bank"; the last time it was
# taken), or one of these of the case.
CASE_SOURCES = MappingProxyType(
    {
        "@row": "序号", "@number": "编号", "@round": "批次", "@name": "姓名", "@town": "镇街", "@village": "村（社区）",
        "@place": "所在地", "@category": "类别", "@state": "状态", "@amount": "金额", "@submitted_on": "提交日期",
        "@granted_on": "批准日期", "@delivered_on": "发放日期", "@quantity": "数量", "@today": "今天", "@unit": "经办单位",
        "@sex": "性别", "@age": "年龄", "@nothing": "",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a layout: the title the upper level uses, and where its value comes from. ``width`` in characters."""

    title: str
    source: str
    width: int = 14


@dataclass(frozen=True, slots=True)
class Layout:
    """An Excel table in the layout the upper level uses. With ``reads`` rows of the same layout come in as cases.

    With ``after`` it lists those who took that step and were not refused, revoked or taken back since.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    footers: tuple[str, ...] = ()
    reads: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A paper as .docx. With ``sections`` it is a form of labelled values and boxes to sign, with ``text`` a letter.

    ``text`` may hold sources in braces: “{@name}：您于{@submitted_on}提交的……”. ``after`` is the step that must have been
    taken before the paper is offered. Numbers of people, phones and cards are masked.
    """

    key: str
    title: str
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    signatures: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    after: str = ""

    @property
    def sources(self) -> Iterable[str]:
        yield from (source for _, pairs in self.sections for _, source in pairs)
        for line in self.text:
            yield from (part.split("}")[0] for part in line.split("{")[1:])


@dataclass(frozen=True, slots=True)
class Tally:
    """A measure over a step: how often it was taken, or with ``answer`` that number of its sheet added up."""

    key: str
    label: str
    unit: str
    step: str
    answer: str = ""
    per: int = 1


CONSENTS: Mapping[str, str] = MappingProxyType(
    {
        "consent_apply": "APPLY",
        "consent_health": "HEALTH",
        "consent_bank": "BANK",
        "consent_share": "SHARE",
        "consent_publish": "PUBLISH",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a programme, in force between two days. A case keeps the version it was filed under."""

    key: str
    label: str
    effective_from: dt.date
    effective_to: dt.date | None
    basis: str
    sheet: Sheet
    workflow: Workflow
    bindings: Bindings
    consent_version: str
    subject: Subject = Subject.PERSON
    gives: Gives = Gives.MONEY
    often: Often = Often.LIFE
    per_household: bool = False
    forward: frozenset[Forward] = frozenset({Forward.SELF, Forward.OFFICER})
    acts: Mapping[str, Act] = field(default_factory=dict)
    notice: NoticePlan | None = None
    rules: Rules = no_rules
    rank: Rank = first_come
    rank_text: str = "先前申报过而未获名额的优先，再按提交先后。"
    checks: tuple[Check, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    default_amount: int | None = None
    layouts: tuple[Layout, ...] = ()
    letters: tuple[Letter, ...] = ()
    tallies: tuple[Tally, ...] = ()
    consents: Mapping[str, str] = field(default_factory=lambda: CONSENTS)

    def __post_init__(self) -> None:
        keys = {question.key: question for question in self.sheet}
        for key in (*self.bindings.used, *(k for c in self.checks for k in c.shows)):
            if key not in keys:
                raise DefinitionError(f"版本“{self.key}”引用了表单中没有的字段“{key}”。")
        if keys[self.bindings.place].kind is not Kind.PLACE:
            raise DefinitionError(f"版本“{self.key}”的所在地字段必须是村(社区)。")
        if self.effective_to and self.effective_to <= self.effective_from:
            raise DefinitionError(f"版本“{self.key}”的有效期颠倒。")
        self._check_forward()
        self._check_acts()
        self._check_papers(keys)

    def _check_forward(self) -> None:
        if self.often is not Often.ANY and not self._who_counts:
            raise DefinitionError(f"版本“{self.key}”规定“{self.often.label}”，须有证件号码或家庭字段来辨认。")
        for step, needed in (("submit", self.on_portal), ("submit_for", self.at_desk)):
            if needed and not self.workflow.has(step):
                raise DefinitionError(f"版本“{self.key}”的提交方式需要步骤“{step}”。")
        if Forward.OTHER in self.forward and not self.bindings.nominator:
            raise DefinitionError(f"版本“{self.key}”允许他人推荐，须指明推荐人字段。")

    def category_label(self, category: str) -> str:
        """A case's category as people read it; empty for none."""
        return self.sheet.field(self.bindings.category).label_of(category) if category else ""

    @property
    def _who_counts(self) -> bool:
        return bool(self.bindings.household if self.per_household else self.bindings.id_number)

    def _check_acts(self) -> None:
        for step, act in self.acts.items():
            if not self.workflow.has(step):
                raise DefinitionError(f"版本“{self.key}”为不存在的步骤“{step}”规定了动作。")
            asked = {question.key for question in act.sheet} if act.sheet else set()
            for key in (act.amount, act.quantity, act.day):
                if key and key not in asked:
                    raise DefinitionError(f"步骤“{step}”引用了步骤表单中没有的字段“{key}”。")
            if Effect.VISIT in act.effects and "visited_on" not in asked:
                raise DefinitionError(f"步骤“{step}”登记走访，步骤表单须有“visited_on”。")
        if self.notice and not all(self.workflow.has(step) for step in NOTICE_STEPS):
            raise DefinitionError(f"版本“{self.key}”有公示，流程须有这些步骤：{'、'.join(NOTICE_STEPS)}。")

    def _check_papers(self, keys: Mapping[str, Any]) -> None:
        sources = [column.source for layout in self.layouts for column in layout.columns]
        sources += [source for letter in self.letters for source in letter.sources]
        for source in sources:
            step, dot, answer = source.partition(".")
            sheet = self.acts[step].sheet if dot and step in self.acts else None
            known = any(question.key == answer for question in sheet) if sheet else source in keys
            if not known and source not in CASE_SOURCES:
                raise DefinitionError(f"版本“{self.key}”的文书或表格引用了没有的内容“{source}”。")
        papers: tuple[Layout | Letter, ...] = (*self.layouts, *self.letters)
        for paper in papers:
            if paper.after and not self.workflow.has(paper.after):
                raise DefinitionError(f"“{paper.title}”在不存在的步骤“{paper.after}”之后。")
        for tally in self.tallies:
            if not self.workflow.has(tally.step):
                raise DefinitionError(f"指标“{tally.key}”统计的步骤“{tally.step}”不存在。")

    def act(self, step: str) -> Act:
        """What the step does; one that only moves where nothing is declared."""
        return self.acts.get(step, JUST_MOVES)

    def does(self, effect: Effect) -> bool:
        """Whether any step has this effect."""
        return any(effect in act.effects for act in self.acts.values())

    @property
    def on_portal(self) -> bool:
        """Whether residents may put cases forward themselves."""
        return bool(self.forward & {Forward.SELF, Forward.OTHER})

    @property
    def at_desk(self) -> bool:
        """Whether officers may put cases forward."""
        return bool(self.forward & {Forward.OFFICER, Forward.UNIT})

    @property
    def has_town_quota(self) -> bool:
        return any(act.within_quota for act in self.acts.values())

    @property
    def pays(self) -> bool:
        """Whether the bank transfers money."""
        return self.workflow.has("list_payment")


JUST_MOVES = Act()
# The steps the house takes when a notice begins, ends, is taken down or objected to.
NOTICE_STEPS = ("give_notice", "take_down", "object", "dismiss_objection", "uphold_objection", "grant")


@dataclass(frozen=True, slots=True)
class Programme:
    """A catalogue entry. ``family`` joins names over the years for once-in-a-life rules.

    ``brand`` is the key of the service brand its records carry by default.
    """

    key: str
    name: str
    family: str
    summary: str
    secret: bool
    versions: tuple[Version, ...]
    number_prefix: str
    ask: str = ""
    portal_steps: tuple[str, ...] = ()
    brand: str = ""

    def __post_init__(self) -> None:
        spans = sorted((v.effective_from, v.effective_to or dt.date.max) for v in self.versions)
        for (_, end), (start, _) in itertools.pairwise(spans):
            if start <= end:
                raise DefinitionError(f"项目“{self.key}”的版本有效期重叠。")

    def version(self, key: str) -> Version:
        return next(version for version in self.versions if version.key == key)

    def version_on(self, day: dt.date) -> Version:
        """The version in force on a day. Raises DefinitionError when there is none."""
        for version in self.versions:
            if version.effective_from <= day and (version.effective_to is None or day <= version.effective_to):
                return version
        raise DefinitionError(f"项目“{self.name}”在{day}没有有效版本。")
