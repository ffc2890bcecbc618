"""Named writes of study campaigns: issuing, group sessions, own viewing, reflections, returns."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.attendance import actions as attendance
from niangjia.attendance import queries as rosters
from niangjia.attendance.actions import Entrant, Tap
from niangjia.attendance.kinds import How as Way
from niangjia.attendance.models import Participant
from niangjia.campaigns import queries, rules
from niangjia.campaigns.kinds import (
    OVER,
    TAKING,
    Audience,
    CampaignState,
    Demand,
    How,
    ReflectionState,
    ReturnState,
)
from niangjia.campaigns.models import Cadre, Campaign, Episode, Photo, Reflection, Return, Showing, Viewing
from niangjia.campaigns.rules import EpisodeLine
from niangjia.core import clock, codes, scanner
from niangjia.core.refused import Refused, in_words
from niangjia.files import actions as files
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit
from niangjia.people import actions as people
from niangjia.people.kinds import Channel, Purpose
from niangjia.people.models import Consent

CONSENT_TEXT = "study-1"
LATE = "按签到表登记"
MOST_CHARACTERS = 5000


def _note(by: Acting, verb: str, subject: str, place: str, **summary: Any) -> None:
    record(by=by, stream=subject, verb=verb, place=place, summary=summary)


def _told(by: Acting, verb: str, campaign: Campaign, **summary: Any) -> None:
    _note(by, verb, f"campaign:{campaign.pk}", campaign.place, title=campaign.title, **summary)


def _viewed(by: Acting, verb: str, campaign: Campaign, count: int) -> None:
    """What she says of her own viewing stands in her own stream, a resident's at the campaign's place."""
    _note(by, verb, f"account:{by.account_id}", by.place or campaign.place, title=campaign.title, count=count)


def _locked(campaign_id: int, revision: int | None = None) -> Campaign:
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("unit").get(pk=campaign_id)
    if revision is not None and revision != campaign.revision:
        raise Refused("在您打开页面之后，其他人修改了这次活动。请刷新页面，核对后再改。")
    return campaign


# ---------------------------------------------------------------- the campaign


@transaction.atomic
def save_campaign(
    *,
    by: Acting,
    unit: Unit,
    episodes: Sequence[EpisodeLine],
    campaign_id: int | None = None,
    revision: int | None = None,
    **fields: Any,
) -> Campaign:
    """Draft a campaign or change it. Once issued its episodes may be corrected and its deadline put off, no more.

    ``fields`` are those of ``Campaign``. Raises Refused naming every field at fault.
    """
    by.require(Verb.STUDY_MANAGE)
    campaign = (
        _locked(campaign_id, revision) if campaign_id else Campaign(unit=unit, place=unit.place, made_by=by.signature)
    )
    if campaign.state in OVER:
        raise Refused(f"活动{campaign.get_state_display()}，不能再改。")
    before = campaign.deadline if campaign_id else None
    for key, value in fields.items():
        setattr(campaign, key, value)
    if campaign.reflections != Demand.REQUIRED:
        campaign.reflections_from = []
    if wrong := _faults(campaign, episodes):
        raise Refused("没有保存，请改正标出的地方。", wrong)
    if campaign.state != CampaignState.DRAFT and before and campaign.deadline < before:
        raise Refused("没有保存。", {"deadline": "下发以后截止日期只能推后，不能提前。"})
    if campaign_id:
        campaign.revision += 1
    with in_words({"campaigns_title_once": Refused("已有同名活动。", {"title": "已有同名活动，请换一个名称。"})}):
        campaign.save()
    _set_episodes(campaign, episodes)
    _told(by, "study.save", campaign)
    return campaign


def _faults(campaign: Campaign, episodes: Sequence[EpisodeLine]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if campaign.deadline < campaign.starts_on:
        wrong["deadline"] = "截止日期不能早于开始日期。"
    if not campaign.group and not campaign.alone:
        wrong["alone"] = "集中收看、个人自行收看至少选一种。"
    if not campaign.audiences:
        wrong["audiences"] = "请选择面向的人。"
    if campaign.reflections == Demand.REQUIRED:
        if not campaign.reflections_from:
            wrong["reflections_from"] = "要求写心得的，请选要求哪些人写。"
        elif set(campaign.reflections_from) - set(campaign.audiences):
            wrong["reflections_from"] = "只能要求活动面向的人写。"
        elif Audience.PUBLIC in campaign.reflections_from:
            wrong["reflections_from"] = "不能要求群众写心得，群众自愿。"
    if campaign.most_photos > 9:
        wrong["most_photos"] = "每场照片最多9张。"
    if not episodes:
        wrong["episodes"] = "请至少写一集。"
    return wrong


def _set_episodes(campaign: Campaign, wanted: Sequence[EpisodeLine]) -> None:
    """The episodes as they are now; one that somebody watched may be corrected and does not go."""
    known = {one.number: one for one in campaign.episodes.all()}
    gone = [one for number, one in known.items() if number not in {line.number for line in wanted}]
    if (
        Viewing.objects.filter(episode__in=gone).exists()
        or Showing.objects.filter(ret__campaign=campaign, episodes__overlap=[one.number for one in gone]).exists()
    ):
        raise Refused("没有保存。", {"episodes": "有人看过的集不能删去，可以改标题。"})
    Episode.objects.filter(pk__in=[one.pk for one in gone]).delete()
    for line in wanted:
        Episode.objects.update_or_create(
            campaign=campaign, number=line.number,
            defaults={"title": line.title, "channel": line.channel, "airs": line.airs, "minutes": line.minutes, "link": line.link},
        )  # fmt: skip


@transaction.atomic
def issue(*, campaign_id: int, unit_ids: Sequence[int], by: Acting) -> Campaign:
    """Send a campaign to units; later more units may be added. A unit that has it already is not asked twice."""
    by.require(Verb.STUDY_MANAGE)
    campaign = _locked(campaign_id)
    if campaign.state in OVER:
        raise Refused(f"活动{campaign.get_state_display()}，不能再下发。")
    units = list(Unit.objects.filter(pk__in=unit_ids, active_to__isnull=True))
    if not units:
        raise Refused("请选择单位。", {"units": "请至少选一个单位。"})
    if outside := [unit.short_name for unit in units if not codes.contains(campaign.place, unit.place)]:
        raise Refused("没有下发。", {"units": f"{'、'.join(outside)}不在本单位范围内。"})
    known = set(Return.objects.filter(campaign=campaign).values_list("unit_id", flat=True))
    fresh = [Return(campaign=campaign, unit=unit, place=unit.place) for unit in units if unit.pk not in known]
    Return.objects.bulk_create(fresh)
    if campaign.state == CampaignState.DRAFT:
        campaign.state, campaign.issued_at = CampaignState.ISSUED, clock.now()
    _by_date(campaign)
    campaign.revision += 1
    campaign.save()
    _told(by, "study.issue", campaign, units=len(fresh))
    return campaign


def _by_date(campaign: Campaign) -> None:
    campaign.state = rules.by_date(
        campaign.state, starts_on=campaign.starts_on, deadline=campaign.deadline, today=clock.today()
    )


@transaction.atomic
def turn(*, by: Acting) -> int:
    """What the calendar alone moves on; how many. Done by the house every night, twice does no harm."""
    moved = 0
    waiting = Campaign.objects.select_for_update().filter(state__in=(CampaignState.ISSUED, CampaignState.RUNNING))
    for campaign in waiting:
        before = campaign.state
        _by_date(campaign)
        if campaign.state != before:
            campaign.save(update_fields=["state"])
            _told(by, "study.turn", campaign, to=campaign.get_state_display())
            moved += 1
    return moved


@transaction.atomic
def move(*, campaign_id: int, to: CampaignState, by: Acting) -> Campaign:
    """Collect, close, open again, or put into the archive."""
    by.require(Verb.STUDY_MANAGE)
    campaign = _locked(campaign_id)
    if campaign.state == to:
        return campaign
    if to == CampaignState.ISSUED or not rules.may_become(campaign.state, to):
        raise Refused(f"活动现在是“{campaign.get_state_display()}”，不能改为“{to.label}”。")
    campaign.state, campaign.revision = to, campaign.revision + 1
    campaign.closed_at = clock.now() if to in OVER else None
    campaign.save()
    _told(by, "study.move", campaign, to=to.label)
    return campaign


# ---------------------------------------------------------------- what a unit did


def _open_return(return_id: int, by: Acting) -> Return:
    by.require(Verb.STUDY_REPORT)
    ret = Return.objects.select_for_update(of=("self",)).select_related("campaign", "unit").get(pk=return_id)
    if ret.campaign.state not in TAKING:
        raise Refused(f"活动{ret.campaign.get_state_display()}，不能再登记。")
    if ret.state == ReturnState.ACCEPTED:
        raise Refused("这个单位的上报已接收，要补充请先请区妇联退回。")
    return ret


@transaction.atomic
def record_showing(
    *,
    return_id: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    venue: str,
    episodes: Sequence[int],
    by: Acting,
    token: uuid.UUID,
    host: str = "",
    officers: Sequence[int] = (),
    names: Sequence[str] = (),
    headcount: int | None = None,
    households: int | None = None,
    discussion: str = "",
) -> Showing:
    """A group session that took place: which episodes, which officers and named people were there, how many more by head.

    Nobody has to be named; officers who are count for the coverage of their unit. The same ``token`` is one session.
    """
    ret = _open_return(return_id, by)
    if known := Showing.objects.filter(token=token).first():
        return known
    campaign = ret.campaign
    wrong: dict[str, str] = {}
    if not campaign.group:
        raise Refused("这次活动只安排个人自行收看。")
    if not episodes:
        wrong["episodes"] = "请选看了哪几集。"
    if starts_at > clock.now():
        wrong["starts_at"] = "还没有开始，看完再登记。"
    if starts_at.astimezone(clock.CHINA).date() < campaign.starts_on:
        wrong["starts_at"] = f"早于活动开始日期 {campaign.starts_on}，请核对。"
    if not officers and not names and not headcount:
        wrong["headcount"] = "请勾选到场干部，或填写到场人数。"
    if wrong:
        raise Refused("没有登记，请改正标出的地方。", wrong)
    session = attendance.plan_session(
        subject=ret.subject, unit=ret.unit, title=campaign.title, starts_at=starts_at, ends_at=ends_at, venue=venue,
        host=host, by=by,
    )  # fmt: skip
    present = [one.pk for one in _cadres(ret, officers, by)] + [one.pk for one in _named(ret, names, by)]
    if present:
        taps = [Tap(pk, uuid.uuid4(), reason=LATE) for pk in present]
        answers = attendance.mark_many(session_id=session.pk, taps=taps, by=by, how=Way.PAPER)
        if refused := [one.message for one in answers if not one.kept]:
            raise Refused(refused[0])
    attendance.hold_session(session_id=session.pk, headcount=headcount, households=households, by=by)
    showing = Showing.objects.create(
        session=session,
        ret=ret,
        episodes=sorted(set(episodes)),
        discussion=discussion.strip(),
        token=token,
        place=ret.place,
    )
    _told(by, "study.showing", campaign, unit=ret.unit.short_name, on=str(session.on))
    return showing


def _cadres(ret: Return, officers: Sequence[int], by: Acting) -> list[Participant]:
    """The roster entries of officers, made where there is none yet."""
    allowed = dict(queries.officers_of(ret))
    if foreign := [pk for pk in officers if pk not in allowed]:
        raise Refused("没有登记。", {"officers": f"有{len(foreign)}人不是本单位这次活动面向的干部，请刷新后重选。"})
    known = {one.officer_id: one.participant for one in Cadre.objects.filter(ret=ret).select_related("participant")}
    fresh = [pk for pk in dict.fromkeys(officers) if pk not in known]
    if fresh:
        entrants = [Entrant(allowed[pk]) for pk in fresh]
        joined = attendance.join_many(subject=ret.subject, entrants=entrants, place=ret.place, by=by)
        Cadre.objects.bulk_create(
            Cadre(ret=ret, officer_id=pk, participant=one, place=ret.place)
            for pk, one in zip(fresh, joined, strict=True)
        )
        known |= dict(zip(fresh, joined, strict=True))
    return [known[pk] for pk in dict.fromkeys(officers)]


def _named(ret: Return, names: Sequence[str], by: Acting) -> list[Participant]:
    """People known by name only: one of the same name on this roster is the same woman."""
    taken = set(Cadre.objects.filter(ret=ret).values_list("participant_id", flat=True))
    known = {one.name: one for one in rosters.roster(ret.subject) if one.pk not in taken}
    fresh = [name for name in dict.fromkeys(names) if name not in known]
    if fresh:
        entrants = [Entrant(name) for name in fresh]
        joined = attendance.join_many(subject=ret.subject, entrants=entrants, place=ret.place, by=by)
        known |= dict(zip(fresh, joined, strict=True))
    return [known[name] for name in dict.fromkeys(names)]


@transaction.atomic
def add_photos(*, showing_id: int, files: Callable[[], Sequence[StoredFile]], shown: bool, by: Acting) -> int:
    """Pictures of a session, no more than the campaign takes; never required. ``shown``: those on them agree to the report.

    Returns how many were added.
    """
    showing = Showing.objects.select_for_update(of=("self",)).select_related("ret__campaign").get(pk=showing_id)
    ret = _open_return(showing.ret_id, by)
    kept = list(files())
    most = ret.campaign.most_photos
    if Photo.objects.filter(showing=showing).count() + len(kept) > most:
        raise Refused("照片没有保存。", {"photos": f"每场照片最多{most}张。请选最能说明情况的。"})
    Photo.objects.bulk_create(Photo(showing=showing, file=file, shown=shown, place=ret.place) for file in kept)
    if kept:
        _told(by, "study.photos", ret.campaign, unit=ret.unit.short_name, count=len(kept))
    return len(kept)


@transaction.atomic
def remove_photo(*, photo_id: int, by: Acting) -> None:
    """A picture that should not be there. Twice does no harm."""
    photo = Photo.objects.select_related("showing").filter(pk=photo_id).first()
    if photo is not None:
        ret = _open_return(photo.showing.ret_id, by)
        photo.delete()
        files.discard(file_id=photo.file_id, by=by)
        _told(by, "study.photos.remove", ret.campaign, unit=ret.unit.short_name)


@transaction.atomic
def submit(*, return_id: int, note: str, by: Acting) -> Return:
    """Send what the unit did: the numbers are counted, only the words are hers."""
    ret = _open_return(return_id, by)
    if ret.state == ReturnState.SUBMITTED and ret.note == note.strip():
        return ret
    _return_becomes(ret, ReturnState.SUBMITTED)
    if told := scanner.numbers_told(note):
        raise Refused("没有上报。", {"note": f"小结里有{told}，请删去。"})
    ret.note, ret.submitted_at, ret.submitted_by, ret.reason = note.strip(), clock.now(), by.signature, ""
    ret.save()
    _told(by, "study.submit", ret.campaign, unit=ret.unit.short_name)
    return ret


@transaction.atomic
def decide(*, return_id: int, accept: bool, by: Acting, reason: str = "") -> Return:
    """Accept a return or give it back with the reason."""
    by.require(Verb.STUDY_MANAGE)
    ret = Return.objects.select_for_update(of=("self",)).select_related("campaign", "unit").get(pk=return_id)
    if not accept and not reason.strip():
        raise Refused("请写明退回原因。", {"reason": "请写明要补什么。"})
    _return_becomes(ret, ReturnState.ACCEPTED if accept else ReturnState.RETURNED)
    ret.reason, ret.decided_at = "" if accept else reason.strip(), clock.now()
    ret.save()
    _told(by, "study.decide", ret.campaign, unit=ret.unit.short_name, to=ret.get_state_display())
    return ret


def _return_becomes(ret: Return, wanted: ReturnState) -> None:
    if wanted not in rules.RETURN_NEXT[ReturnState(ret.state)]:
        raise Refused(f"{ret.unit.short_name}的上报现在是“{ret.get_state_display()}”，不能改为“{wanted.label}”。")
    ret.state = wanted


# ---------------------------------------------------------------- own viewing


def _declares(by: Acting) -> None:
    if by.kind is ActorKind.RESIDENT:
        by.require(Verb.STUDY_OWN)
    else:
        by.require(Verb.STUDY_DECLARE)


def _taking(campaign_id: int) -> Campaign:
    campaign = Campaign.objects.get(pk=campaign_id)
    if campaign.state not in TAKING:
        raise Refused(f"活动{campaign.get_state_display()}，不再登记。")
    return campaign


@transaction.atomic
def declare_viewing(*, campaign_id: int, episodes: Sequence[int], by: Acting) -> int:
    """She says that she watched these episodes (their ids). Said twice it is said once. Returns how many are new."""
    _declares(by)
    campaign = _taking(campaign_id)
    if not campaign.alone:
        raise Refused("这次活动只安排集中收看。")
    officer = queries.officer_of(by.account_id) if by.kind is not ActorKind.RESIDENT else None
    wanted = Episode.objects.filter(campaign=campaign, pk__in=episodes)
    known = queries.declared(campaign.pk, by.account_id)
    fresh = [
        Viewing(
            campaign=campaign, episode=episode, account=by.account_id, officer_id=officer, unit_id=by.unit_id,
            on=clock.today(), place=by.place or campaign.place,
        )
        for episode in wanted
        if episode.pk not in known
    ]  # fmt: skip
    Viewing.objects.bulk_create(fresh)
    if fresh:
        _viewed(by, "study.view", campaign, len(fresh))
    return len(fresh)


@transaction.atomic
def take_back_viewing(*, campaign_id: int, episodes: Sequence[int], by: Acting) -> int:
    """She did not after all."""
    _declares(by)
    campaign = _taking(campaign_id)
    gone, _ = Viewing.objects.filter(campaign=campaign, episode__in=episodes, account=by.account_id).delete()
    if gone:
        _viewed(by, "study.view.back", campaign, gone)
    return gone


# ---------------------------------------------------------------- reflections


@transaction.atomic
def reflect(
    *,
    campaign_id: int,
    text: str,
    author: str,
    audience: Audience,
    how: How,
    may_publish: bool,
    may_name: bool,
    by: Acting,
    file: Callable[[], StoredFile] | None = None,
) -> Reflection:
    """A reflection, written by herself, spoken into the phone, or typed by a helper from her recording or her handwriting,
    which is kept with it. Whoever helps types for another: ``how`` says so. Sent twice with the same words it is one.
    """
    _declares(by)
    campaign = _taking(campaign_id)
    words, wrong = text.strip(), dict[str, str]()
    helped = how in (How.RECORDED, How.PHOTO)
    if campaign.reflections == Demand.NONE:
        raise Refused("这次活动不收心得体会。")
    if not author.strip():
        wrong["author"] = "请填写姓名。发不发布、署不署名由本人定。"
    if not words:
        wrong["text"] = "请写下心得。"
    elif len(words) > MOST_CHARACTERS:
        wrong["text"] = f"最多{MOST_CHARACTERS}字。"
    elif audience in campaign.reflections_from and len(words) < campaign.least_characters:
        wrong["text"] = f"不少于{campaign.least_characters}字，现在{len(words)}字。"
    if helped and file is None:
        wrong["file"] = "他人打字的，请附录音或手写稿照片。"
    if helped and by.kind is ActorKind.RESIDENT:
        wrong["how"] = "请选本人输入或手机语音输入；要人帮忙的，到村（社区）妇联。"
    if may_name and not may_publish:
        wrong["may_name"] = "同意发布才谈得上署名。"
    if wrong:
        raise Refused("心得没有提交，请改正标出的地方。", wrong)
    same = Reflection.objects.filter(campaign=campaign, account=by.account_id, author=author.strip(), text=words)
    if known := same.exclude(state=ReflectionState.WITHDRAWN).first():
        return known
    one = Reflection.objects.create(
        campaign=campaign, unit_id=by.unit_id, place=by.place or campaign.place, audience=audience, author=author.strip(),
        account=by.account_id, text=words, how=how, file=file() if file else None,
        typed_by=by.signature if helped else "", may_publish=may_publish, may_name=may_name, sent_at=clock.now(),
    )  # fmt: skip
    if may_publish:
        people.give_consents(
            person_id=None, purposes=[Purpose.STORY], text_version=CONSENT_TEXT, account_id=by.account_id, place=one.place,
            channel=Channel.HELPER if helped else Channel.PORTAL, helper=by.person_name if helped else "",
            subject=f"reflection:{one.pk}",
        )  # fmt: skip
    _note(by, "study.reflect", f"reflection:{one.pk}", one.place, title=campaign.title, how=how.label)
    return one


@transaction.atomic
def take_back(*, reflection_id: int, by: Acting, whole: bool) -> Reflection:
    """She takes back her consent, or the ``whole`` reflection: what was published is gone at once. Her helper may do it too."""
    one = Reflection.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=reflection_id)
    if one.account != by.account_id:
        by.require(Verb.STUDY_REPORT)
    if one.state in (ReflectionState.PUBLISHED, ReflectionState.SELECTED):
        one.state = ReflectionState.KEPT
    if whole:
        one.state = ReflectionState.WITHDRAWN
    one.may_publish = one.may_name = False
    one.published_at, one.shown_text = None, ""
    one.save(update_fields=["state", "may_publish", "may_name", "published_at", "shown_text"])
    for consent in Consent.objects.filter(subject=f"reflection:{one.pk}", withdrawn_at__isnull=True):
        people.withdraw_consent(consent=consent)
    _note(by, "study.reflect.back", f"reflection:{one.pk}", one.place, title=one.campaign.title)
    return one


@transaction.atomic
def sort(*, reflection_id: int, select: bool, by: Acting) -> Reflection:
    """Choose a reflection for publication, or keep it. Nothing is told to whom it was not chosen from."""
    by.require(Verb.STUDY_SELECT)
    one = _standing(reflection_id)
    if one.state == ReflectionState.PUBLISHED:
        raise Refused("已发布，请先撤下。")
    if select and not one.may_publish:
        raise Refused("本人没有同意发布，不能选用。")
    one.state = ReflectionState.SELECTED if select else ReflectionState.KEPT
    one.save(update_fields=["state"])
    _note(by, "study.sort", f"reflection:{one.pk}", one.place, title=one.campaign.title, to=one.get_state_display())
    return one


@transaction.atomic
def publish(*, reflection_id: int, shown_text: str, by: Acting) -> Reflection:
    """Put a selected reflection on the pages and into the report: an excerpt of her words, never other words than hers."""
    by.require(Verb.STUDY_SELECT)
    one = _standing(reflection_id)
    if one.state not in (ReflectionState.SELECTED, ReflectionState.PUBLISHED):
        raise Refused("请先选用再发布。")
    if not one.may_publish:
        raise Refused("本人没有同意发布。")
    shown = shown_text.strip()
    if not shown:
        raise Refused("没有发布。", {"shown_text": "请填写要发布的文字。"})
    if not rules.is_excerpt(shown, one.text):
        raise Refused("没有发布。", {"shown_text": "只能摘取本人写的原话，不能改写。可以删去几段，句子请保持原样。"})
    if told := scanner.numbers_told(shown):
        raise Refused("没有发布。", {"shown_text": f"有{told}，请删去。"})
    one.state, one.shown_text, one.published_at = ReflectionState.PUBLISHED, shown, clock.now()
    one.save(update_fields=["state", "shown_text", "published_at"])
    _note(by, "study.publish", f"reflection:{one.pk}", one.place, title=one.campaign.title)
    return one


@transaction.atomic
def unpublish(*, reflection_id: int, by: Acting) -> Reflection:
    """Take a reflection off show. Twice does no harm."""
    by.require(Verb.STUDY_SELECT)
    one = _standing(reflection_id)
    if one.state == ReflectionState.PUBLISHED:
        one.state, one.published_at = ReflectionState.SELECTED, None
        one.save(update_fields=["state", "published_at"])
        _note(by, "study.unpublish", f"reflection:{one.pk}", one.place, title=one.campaign.title)
    return one


def _standing(reflection_id: int) -> Reflection:
    one = Reflection.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=reflection_id)
    if one.state == ReflectionState.WITHDRAWN:
        raise Refused("本人已撤回。")
    return one


@transaction.atomic
def note_export(*, campaign: Campaign, what: str, why: str, by: Acting) -> None:
    """The trail of a table or report that went out."""
    by.require(Verb.STUDY_READ)
    _told(by, "study.export", campaign, what=what, why=why)
