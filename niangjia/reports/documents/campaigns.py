"""The short report of a study campaign (简报): numbers, selected voices, photos. It writes itself from the records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from niangjia.campaigns import queries
from niangjia.campaigns.kinds import Audience
from niangjia.campaigns.models import Campaign, Photo, Reflection, Return
from niangjia.campaigns.queries import Figures
from niangjia.core import clock
from niangjia.files import queries as files
from niangjia.letters.word import Block, Grid, Heading, Picture, Sentences, report_document

MOST_PHOTOS = 6
MOST_VOICES = 12


@dataclass(frozen=True, slots=True)
class Report:
    """What the page and the Word file say, in the same words."""

    campaign: Campaign
    subtitle: str
    paragraphs: tuple[str, ...]
    units: tuple[tuple[Return, Figures], ...]
    total: Figures
    voices: tuple[Reflection, ...]
    photos: tuple[Photo, ...]
    notes: tuple[tuple[str, str], ...]


def report(campaign: Campaign) -> Report:
    """Draw up the report as far as the reader sees."""
    returns = list(queries.returns(campaign))
    parts = queries.figures(campaign)
    total = queries.total(campaign, parts)
    return Report(
        campaign=campaign,
        subtitle=f"{campaign.unit.name}　{_day(clock.today())}",
        paragraphs=tuple(_paragraphs(campaign, returns, parts, total)),
        units=tuple((one, parts[one.pk]) for one in returns),
        total=total,
        voices=tuple(queries.voices(campaign)[:MOST_VOICES]),
        photos=tuple(queries.report_photos(campaign, MOST_PHOTOS)),
        notes=tuple(_notes(returns)),
    )


def _notes(returns: Sequence[Return]) -> Iterator[tuple[str, str]]:
    """What the units wrote; those that wrote the same are named together."""
    same: dict[str, list[str]] = {}
    for one in returns:
        if one.note:
            same.setdefault(one.note, []).append(one.unit.short_name)
    for note, names in same.items():
        yield "、".join(names[:3]) + (f"等{len(names)}个单位" if len(names) > 3 else ""), note


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _paragraphs(
    campaign: Campaign, returns: Sequence[Return], parts: Mapping[int, Figures], total: Figures
) -> list[str]:
    episodes = queries.episodes(campaign)
    basis = f"按照{campaign.document_number}要求，" if campaign.document_number else ""
    ways = "和".join(word for word, on in (("集中收看", campaign.group), ("个人自行收看", campaign.alone)) if on)
    whom = "、".join(Audience(one).label for one in campaign.audiences)
    said = [
        f"{basis}{_day(campaign.starts_on)}至{_day(campaign.deadline)}，{campaign.unit.short_name}组织{whom}"
        f"通过{ways}，学习《{campaign.title}》，共{len(episodes)}集。"
    ]
    active = sum(bool(one.sessions or one.alone) for one in parts.values())
    figures = f"{len(returns)}个单位中有{active}个组织了收看。"
    if campaign.group:
        figures += f"集中收看{total.sessions:,}场、{total.attendances:,}人次。"
    if campaign.alone:
        figures += f"个人自行收看{total.alone:,}人。"
    if total.officers:
        figures += f"应参加的干部{total.officers:,}人，看过的{total.covered:,}人，覆盖{total.covered * 100 / total.officers:.1f}%。"
    said.append(figures)
    if total.reflections:
        said.append(f"收到心得体会{total.reflections:,}篇，经本人同意发布{total.published:,}篇。")
    return said


def word(drawn: Report) -> bytes:
    """The report as a .docx. Pictures are those whose people agreed; names are those that agreed to be named."""
    blocks: list[Block] = [Heading("一、总体情况")]
    blocks += [Sentences(((text, 0),)) for text in drawn.paragraphs]
    head = ("单位", "集中收看（场）", "人次", "自行收看（人）", "干部覆盖", "心得（篇）")
    rows = tuple(
        (
            one.unit.short_name,
            str(own.sessions),
            str(own.attendances),
            str(own.alone),
            own.coverage,
            str(own.reflections),
        )
        for one, own in drawn.units
    )
    blocks.append(Grid("各单位收看情况", head, rows))
    if drawn.notes:
        blocks.append(Heading("二、各单位做法"))
        blocks += [Sentences(((f"{name}：{note}", 0),)) for name, note in drawn.notes]
    if drawn.voices:
        blocks.append(Heading("三、心得摘登" if drawn.notes else "二、心得摘登"))
        blocks += [Sentences(((f"{voice.shown_text}（{voice.credit}）", 0),)) for voice in drawn.voices]
    if drawn.photos:
        blocks.append(Heading("图片"))
        blocks += [Picture(files.read(photo.file), caption(photo)) for photo in drawn.photos]
    return report_document(f"关于学习收看《{drawn.campaign.title}》情况的简报", drawn.subtitle, blocks)


def caption(photo: Photo) -> str:
    """Where and when a picture was taken."""
    showing = photo.showing
    return f"{showing.ret.unit.short_name}集中收看（{_day(showing.session.on)}）"
