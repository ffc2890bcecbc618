"""Public notices (公示): drafted, scanned, published, objected to, ended. What the public reads is written masked."""

from __future__ import annotations

from dataclasses import asdict

from django.db import connection, transaction
from django.db.models import Q

from niangjia.access.acting import Acting, acting_as, record
from niangjia.access.queries import house
from niangjia.access.verbs import Verb
from niangjia.brands import actions as brands
from niangjia.core import clock, masking, scanner
from niangjia.core.codes import Level, district_of, town_of
from niangjia.core.numbers import next_number
from niangjia.files import queries as files
from niangjia.files.models import StoredFile
from niangjia.org import queries as org
from niangjia.people.kinds import Purpose
from niangjia.people.models import Consent
from niangjia.programmes import later, queries, registry
from niangjia.programmes.actions.acts import take
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.steps import locked
from niangjia.programmes.definition import NoticePlan, Show
from niangjia.programmes.kinds import NoticeState, ObjectionState
from niangjia.programmes.models import Case, Notice, NoticeLine, Objection, Round

OBJECTION_WORKDAYS = 5
LEVELS = {Level.DISTRICT: "区", Level.TOWN: "镇街", Level.VILLAGE: "村（社区）"}


def _note(notice: Notice, by: Acting, verb: str, **summary: object) -> None:
    record(
        by=by, stream=f"notice:{notice.pk}", verb=verb, place=notice.place, summary={"title": notice.title, **summary}
    )


@transaction.atomic
def draft(
    *,
    round_id: int,
    title: str,
    body: str,
    objection_phone: str,
    by: Acting,
    objection_address: str = "",
    basis: str = "",
    attachment: StoredFile | None = None,
) -> Notice:
    """Write a notice for the cases of a round that wait for one, within the drafter's place when towns or villages publish.

    What a line shows, and how, is the version's ``NoticePlan``. Names appear only by separate consent.
    """
    by.require(Verb.NOTICE_DRAFT)
    round_ = Round.objects.get(pk=round_id)
    plan = plan_of(round_)
    if by.level is not plan.scope:
        raise Refused(f"这一项的公示由{LEVELS[plan.scope]}妇联起草。")
    _one_at_a_time(round_, by)
    allotted = list(
        queries.in_place(Case.objects.filter(queries.standing_before("give_notice"), round=round_), by.place)
        .exclude(notice_lines__notice__state__in=[NoticeState.DRAFT, NoticeState.BLOCKED])
        .order_by("place", "rank", "id")
    )
    if not allotted:
        raise Refused("本批次没有待公示的申请。")
    notice = Notice.objects.create(
        round=round_,
        place=by.place,
        unit=org.federation_of(by.place),
        shows=[show.value for show in plan.shows],
        title=title.strip(),
        body=body.strip(),
        basis=basis or round_.document_number,
        objection_phone=objection_phone,
        objection_address=objection_address,
        attachment=attachment,
        drafted_by_account=by.account_id,
    )
    _write_lines(notice, allotted)
    _note(notice, by, "notice.draft", lines=len(allotted))
    return notice


def plan_of(round_: Round) -> NoticePlan:
    """How a round's cases are made public. Raises Refused when its programme makes nothing public."""
    plan = registry.version(round_.programme, round_.version).notice
    if plan is None:
        raise Refused("这一项没有公示环节。")
    return plan


def _one_at_a_time(round_: Round, by: Acting) -> None:
    """Two officers drafting at once must not list a case twice; towns and villages may not lock the round itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [f"notice:{by.place}", round_.pk])


def _write_lines(notice: Notice, cases: list[Case]) -> None:
    """A name stands, masked unless the plan says otherwise, for those who agreed to that for this very case and still do."""
    version = registry.version(notice.round.programme, notice.round.version)
    plan, bound = plan_of(notice.round), version.bindings
    written = str if plan.full_names else masking.mask_name
    agreed = set(
        Consent.objects.filter(
            subject__in=[f"case:{case.pk}" for case in cases], purpose=Purpose.PUBLISH, withdrawn_at__isnull=True
        ).values_list("subject", flat=True)
    )
    NoticeLine.objects.bulk_create(
        NoticeLine(
            notice=notice,
            case=case,
            order=order,
            named=named,
            masked_name=written(case.name) if named else f"{plan.nameless}{order}",
            nameless=plan.nameless,
            town_name=org.place_name(town_of(case.place)),
            amount=case.amount or notice.round.amount if Show.AMOUNT in plan.shows else None,
            title=case.title if Show.TITLE in plan.shows else "",
            village_name=org.place_names().get(case.place, "") if Show.VILLAGE in plan.shows else "",
            category=version.category_label(case.category)[:60] if Show.CATEGORY in plan.shows else "",
            place=case.place,
        )
        for order, case in enumerate(cases, start=1)
        for named in [f"case:{case.pk}" in agreed and case.answers.get(bound.publish_consent) in (True, "yes")]
    )


def scan(notice: Notice) -> list[dict[str, object]]:
    """What the scanner finds in title, texts, lines and attachment: numbers of people, phones, cards, illness words."""
    hits: list[dict[str, object]] = []
    for where, text in (
        ("标题", notice.title),
        ("正文", notice.body),
        ("依据", notice.basis),
        ("异议受理地址", notice.objection_address),
    ):
        hits += [{**asdict(hit), "where": where} for hit in scanner.scan_text(text)]
    if notice.attachment is not None:
        hits += [asdict(hit) for hit in scanner.scan_file(notice.attachment.name, files.read(notice.attachment))]
    plan = registry.version(notice.round.programme, notice.round.version).notice
    for where, text in (("标题", notice.title), ("正文", notice.body)):
        hits += [
            {
                "kind": "ILLNESS",
                "where": where,
                "masked": word,
                "start": text.find(word),
                "end": text.find(word) + len(word),
            }
            for word in (plan.forbidden if plan else ())
            if word in text
        ]
    return hits


@transaction.atomic
def publish(*, notice_id: int, by: Acting) -> Notice:
    """Publish, unless the scanner objects. The notice runs from the day after (domain notes 6, rule 5) for the round's days.

    A blocked notice becomes publishable when two people, neither of them twice, have let it pass with a reason.
    """
    by.require(Verb.NOTICE_PUBLISH)
    notice = Notice.objects.select_for_update(of=("self",)).select_related("round", "attachment").get(pk=notice_id)
    if notice.state not in (NoticeState.DRAFT, NoticeState.BLOCKED):
        raise Refused(f"这份公示现在是“{notice.get_state_display()}”，不能再发布。")
    notice.hits = scan(notice)
    if notice.hits and not (notice.override_first and notice.override_second):
        notice.state = NoticeState.BLOCKED
        notice.save(update_fields=["hits", "state"])
        _note(notice, by, "notice.blocked", hits=len(notice.hits))
        return notice
    round_ = notice.round
    notice.starts_on, notice.ends_on = clock.period_after(
        clock.today(), round_.notice_days, "workday" if round_.notice_unit == "workday" else "day", org.calendar()
    )
    notice.state, notice.published_at = NoticeState.PUBLISHED, clock.now()
    notice.save()
    listed = [locked(pk, revision=None) for pk in notice.lines.values_list("case_id", flat=True)]
    way = registry.version(round_.programme, round_.version).workflow
    still = [case for case in listed if case.state in way.before("give_notice")]
    if not still:
        raise Refused("名单上的申请都已变化，没有可公示的。请作废后重新起草。")
    notice.lines.all().delete()
    _write_lines(notice, still)
    for case in still:
        take(case, "give_notice", by=by)
        Case.objects.filter(pk=case.pk).update(due_on=notice.ends_on)
    brands.tag(
        about=f"notice:{notice.pk}",
        place=notice.place,
        title=notice.title,
        programme=round_.programme,
        public=True,
        by=by,
    )
    _note(notice, by, "notice.publish", starts=str(notice.starts_on), ends=str(notice.ends_on), hits=len(notice.hits))
    return notice


@transaction.atomic
def change(
    *, notice_id: int, title: str, body: str, objection_phone: str, objection_address: str, by: Acting
) -> Notice:
    """Correct the texts of a notice that is not out yet. What others let pass must be let pass again."""
    by.require(Verb.NOTICE_DRAFT)
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    if notice.state not in (NoticeState.DRAFT, NoticeState.BLOCKED):
        raise Refused("已发布的公示不能修改，只能撤下后重新发布。")
    notice.title, notice.body = title.strip(), body.strip()
    notice.objection_phone, notice.objection_address = objection_phone, objection_address
    notice.state, notice.hits = NoticeState.DRAFT, []
    notice.override_first, notice.override_first_reason, notice.override_second = None, "", None
    notice.save()
    _note(notice, by, "notice.change")
    return notice


@transaction.atomic
def remove_attachment(*, notice_id: int, by: Acting) -> Notice:
    by.require(Verb.NOTICE_DRAFT)
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    if notice.state not in (NoticeState.DRAFT, NoticeState.BLOCKED):
        raise Refused("已发布的公示不能修改，只能撤下后重新发布。")
    notice.attachment, notice.state, notice.hits = None, NoticeState.DRAFT, []
    notice.override_first, notice.override_first_reason, notice.override_second = None, "", None
    notice.save()
    _note(notice, by, "notice.remove_attachment")
    return notice


@transaction.atomic
def override(*, notice_id: int, why: str, by: Acting) -> Notice:
    """Let a blocked notice pass. Two different people must, and the one who drafted it is neither."""
    by.require(Verb.NOTICE_OVERRIDE)
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    if notice.state != NoticeState.BLOCKED:
        raise Refused("这份公示没有被拦截。")
    if by.account_id == notice.drafted_by_account:
        raise Refused("起草公示的人不能放行自己的公示。")
    if len(why.strip()) < 4:
        raise Refused("请写明放行理由（至少4个字）。", {"why": "请写明理由。"})
    if notice.override_first is None:
        notice.override_first, notice.override_first_reason = by.account_id, why.strip()
    elif notice.override_first == by.account_id:
        raise Refused("您已经确认过，须由另一位有权限的同事再次确认。")
    elif notice.override_second is None:
        notice.override_second = by.account_id
    notice.save(update_fields=["override_first", "override_first_reason", "override_second"])
    _note(notice, by, "notice.override", why=why.strip(), second=notice.override_second is not None)
    return notice


@transaction.atomic
def withdraw(*, notice_id: int, why: str, by: Acting) -> Notice:
    """Take a notice down at once; its cases go back to before the notice."""
    by.require(Verb.NOTICE_PUBLISH)
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    if notice.state not in (NoticeState.PUBLISHED, NoticeState.DRAFT, NoticeState.BLOCKED):
        raise Refused("这份公示已经结束。")
    if not why.strip():
        raise Refused("请写明撤下原因。", {"why": "请写明原因。"})
    notice.state, notice.result = NoticeState.WITHDRAWN, why.strip()
    notice.save(update_fields=["state", "result"])
    for pk in notice.lines.values_list("case_id", flat=True):
        case = locked(pk, revision=None)
        if _is_public(case):
            take(case, "take_down", by=by, note=why.strip())
    _note(notice, by, "notice.withdraw", why=why.strip())
    return notice


@transaction.atomic
def end_due(*, by: Acting) -> int:
    """End every notice whose last day is over; unobjected lines become grants. Returns how many notices ended."""
    ended = 0
    for pk in Notice.objects.filter(state=NoticeState.PUBLISHED, ends_on__lt=clock.today()).values_list(
        "pk", flat=True
    ):
        end(notice_id=pk, by=by)
        ended += 1
    return ended


@transaction.atomic
def end(*, notice_id: int, by: Acting) -> Notice:
    """The notice is over: what nobody objected to is granted, what is objected to waits for the ruling."""
    notice = Notice.objects.select_for_update(of=("self",)).select_related("round").get(pk=notice_id)
    if notice.state != NoticeState.PUBLISHED or notice.ends_on is None or notice.ends_on >= clock.today():
        return notice
    objections = notice.objections.count()
    notice.state = NoticeState.ENDED
    notice.result = f"收到异议{objections}件" if objections else "公示期间无异议"
    notice.save(update_fields=["state", "result"])
    for line in notice.lines.select_related("case"):
        _grant_if_clear(line.case_id, by)
    _note(notice, by, "notice.end", objections=objections)
    return notice


def _grant_if_clear(case_id: int, by: Acting) -> None:
    """Grant what nobody objects to any more. A grant that came to light meanwhile sends the case back to be refused."""
    case = locked(case_id, revision=None)
    if not _is_public(case) or _objected(case):
        return
    if queries.granted_before(registry.programme(case.programme).family, queries.once_key(case)):
        take(case, "take_down", by=by, note="公示期间查到已有记录，不能重复，请核实后不予通过。")
        return
    take(case, "grant", by=by)


def _is_public(case: Case) -> bool:
    return case.state in queries.version_of(case).workflow.after("give_notice")


def _objected(case: Case) -> bool:
    """Whether an objection to her line, or to the notice she stands on as a whole, is still open."""
    whole = Q(line__isnull=True, notice__lines__case=case, notice__state__in=[NoticeState.PUBLISHED, NoticeState.ENDED])
    return Objection.objects.filter(Q(line__case=case) | whole, state=ObjectionState.OPEN).exists()


@transaction.atomic
def object_to(*, notice_id: int, line_order: int | None, text: str, contact: str, place: str, by: Acting) -> str:
    """Anyone may object while the notice runs; returns the number under which the answer can be asked for.

    ``place`` and the running of the notice are checked by the database, since the objector sees only the public view.
    """
    by.require(Verb.OBJECT)
    if len(text.strip()) < 10:
        raise Refused("请把情况写得具体一些（至少10个字），便于核实。", {"text": "至少10个字。"})
    number = next_number("programmes", f"YY{clock.today():%Y%m%d}")
    objection_id = queries.file_objection(
        number=number,
        notice_id=notice_id,
        line_order=line_order,
        text=text.strip(),
        contact=contact.strip(),
        account_id=by.account_id,
        filed_at=clock.now(),
        due_on=org.calendar().add_workdays(clock.today(), OBJECTION_WORKDAYS),
        today=clock.today(),
    )
    if objection_id is None:
        raise Refused("这份公示已经结束或不存在，异议请拨打公示上的电话。")
    record(by=by, stream=f"notice:{notice_id}", verb="notice.object", place=place, summary={"number": number})
    later.objected(objection_id=objection_id, place=district_of(place))
    return number


@transaction.atomic
def stop_for_objection(*, objection_id: int, by: Acting) -> None:
    """Take the objected case out of the queue to the money. Running it twice does no harm."""
    objection = Objection.objects.select_related("line").get(pk=objection_id)
    if objection.line is None or objection.state != ObjectionState.OPEN:
        return
    case = locked(objection.line.case_id, revision=None)
    if _is_public(case):
        take(case, "object", by=by, note=f"异议编号 {objection.number}")


@transaction.atomic
def answer_objection(*, objection_id: int, upheld: bool, answer: str, by: Acting) -> Objection:
    """Rule on an objection in writing. Dismissed, the case goes on; upheld, it ends.

    An objection to the notice as a whole holds back every line. Dismissed, they go on; upheld, they go back to before
    the notice, to be made public again as they should be.
    """
    by.require(Verb.OBJECTION_HANDLE)
    objection = Objection.objects.select_for_update(of=("self",)).select_related("line", "notice").get(pk=objection_id)
    if objection.state != ObjectionState.OPEN:
        raise Refused("这件异议已经处理。")
    if len(answer.strip()) < 10:
        raise Refused("请写明核查情况和处理意见（至少10个字）。", {"answer": "至少10个字。"})
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    objection.answer, objection.answered_at, objection.answered_by = answer.strip(), clock.now(), by.signature
    objection.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    record(
        by=by,
        stream=f"notice:{objection.notice_id}",
        verb="objection.answer",
        subject=f"objection:{objection.pk}",
        place=objection.place,
        summary={"number": objection.number, "upheld": upheld},
    )
    if objection.line is None:
        _settle_whole(objection, upheld)
        return objection
    case = locked(objection.line.case_id, revision=None)
    if _is_public(case):  # the job that stops the case has not run yet
        with acting_as(house(objection.place)) as itself:
            take(case, "object", by=itself, note=f"异议编号 {objection.number}")
    if case.state in queries.version_of(case).workflow.after("object"):
        if upheld:
            take(case, "uphold_objection", by=by, reason="OBJECTION", note=answer.strip()[:500])
        elif not Objection.objects.filter(line__case=case, state=ObjectionState.OPEN).exists():
            take(case, "dismiss_objection", by=by, note=answer.strip()[:500])
            with acting_as(house(objection.place)) as itself:
                if objection.notice.state == NoticeState.ENDED:
                    _grant_if_clear(case.pk, itself)
                elif objection.notice.state == NoticeState.WITHDRAWN:
                    take(case, "take_down", by=itself, note="公示已撤下")
    return objection


def _settle_whole(objection: Objection, upheld: bool) -> None:
    notice = objection.notice
    with acting_as(house(objection.place)) as itself:
        for case_id in notice.lines.values_list("case_id", flat=True):
            case = locked(case_id, revision=None)
            if upheld and _is_public(case):
                take(case, "take_down", by=itself, note=f"异议成立，重新公示，异议编号 {objection.number}")
            elif notice.state == NoticeState.ENDED:
                _grant_if_clear(case_id, itself)
        if upheld and notice.state == NoticeState.PUBLISHED:
            notice.state, notice.result = NoticeState.WITHDRAWN, f"异议成立，重新公示，异议编号 {objection.number}"
            notice.save(update_fields=["state", "result"])
            _note(notice, itself, "notice.withdraw", why=notice.result)
