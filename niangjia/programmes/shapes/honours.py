"""Selections (评选): put forward, looked at by village and town, screened, judged, made public, honoured (domain notes 2b).

A line of honours is a catalogue entry that says whom it judges, by what, and what the entry form asks besides. The jury
and a public vote belong to the round; the case waits for their result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from niangjia.access.verbs import Verb
from niangjia.core.refused import Refused
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import State
from niangjia.intake.sheet import AttachmentKind, Field, Kind, Section, Sensitivity, Sheet
from niangjia.programmes import stations
from niangjia.programmes.definition import (
    Act,
    Bindings,
    Column,
    Effect,
    Forward,
    Gives,
    Layout,
    Letter,
    NoticePlan,
    Often,
    Programme,
    Show,
    Subject,
    Version,
)
from niangjia.programmes.stations import DISTRICT

PLAIN, IDENTITY = Sensitivity.PLAIN, Sensitivity.IDENTITY

# The negative list in practice (domain notes 2b). What departments answer is written down as yes or no with its source and
# day; records of police or discipline never come into the house. The list of a year is a parameter of the round.
NEGATIVE = (
    ("discipline", "家庭成员违法违纪"),
    ("petition", "非法参与重大群体性上访"),
    ("vices", "涉黄、涉赌、涉毒"),
    ("cult", "参与封建迷信、非法宗教、邪教活动"),
    ("credit", "文明、诚信不良记录"),
    ("violence", "家庭暴力"),
    ("guardian", "对未成年子女监护失职"),
    ("nationality", "放弃国籍"),
    ("morals", "其他失德行为"),
)
FOUND = (("NO", "无"), ("YES", "有"))

HOW = (("SELF", "自荐"), ("OTHER", "他荐"), ("UNIT", "组织推荐"))


def screening() -> Sheet:
    """The check form of the negative list: for each item the result, who said so, and on which day."""
    return Sheet(
        (
            Section(
                "negative",
                "负面清单核查",
                tuple(
                    field
                    for key, label in NEGATIVE
                    for field in (
                        Field(key, label, Kind.CHOICE, IDENTITY, choices=FOUND),
                        Field(f"{key}_source", "核查来源", Kind.TEXT, IDENTITY, max_length=40, help="部门复函或村（社区）意见。"),
                        Field(f"{key}_on", "核查日期", Kind.DATE, PLAIN),
                    )
                ),
            ),
        )
    )  # fmt: skip


def refuse_found(*, case: object, answers: Mapping[str, Any], by: object) -> None:
    """Any one item blocks: raise Refused naming it."""
    found = [label for key, label in NEGATIVE if answers.get(key) == "YES"]
    if found:
        raise Refused(f"负面清单“{'、'.join(found)}”核查为有，不能进入评审。请改办“不予通过”。")


def give_certificate(*, case: Any, answers: Mapping[str, Any], by: Any) -> None:
    """The honour is given: a certificate in the host's words. The name on its page stands while she agrees to that."""
    from niangjia.certificates import actions as certificates
    from niangjia.org.queries import district_federation
    from niangjia.programmes import registry

    programme = registry.programme(case.programme)
    version = programme.version(case.version)
    label = version.category_label(case.category)
    kind = f"（{label}）" if label else ""
    certificates.issue(
        prefix=f"{programme.number_prefix}{case.round.year}",
        title="荣誉证书",
        holder=case.name + ("家庭" if version.subject in (Subject.FAMILY, Subject.YARD, Subject.TEXT) else ""),
        text=f"在{case.round.title}评选中，被评为“{programme.name}”{kind}。",
        unit=district_federation(),
        subject=f"case:{case.pk}",
        round_subject=f"round:{case.round_id}",
        person_id=case.person_id,
        place=case.place,
        named=case.answers.get("consent_publish") == "yes",
        by=by,
    )


def take_back(*, case: Any, answers: Mapping[str, Any], by: Any) -> None:
    """The honour is taken back, and its certificate says so."""
    from niangjia.certificates import actions as certificates

    certificates.revoke_of(subject=f"case:{case.pk}", reason="荣誉已撤销", by=by)


def leave_the_jury(*, case: Any, answers: Mapping[str, Any], by: Any) -> None:
    """An entry that is taken back leaves the jury and the vote. Who takes it back may not see them, so the house does it."""
    from niangjia.access.acting import acting_as
    from niangjia.access.queries import house
    from niangjia.core.codes import district_of
    from niangjia.jury import actions as jury
    from niangjia.voting import actions as voting

    with acting_as(house(district_of(case.place))) as itself:
        jury.withdraw_entry(subject=f"case:{case.pk}", by=itself)
        voting.withdraw_choice(subject=f"case:{case.pk}", reason="申报已退出评选", by=itself, nameless=True)


def entry_sheet(
    subject: Subject, own: tuple[Section, ...], *, categories: tuple[tuple[str, str], ...], yard: bool
) -> Sheet:
    """The entry form: who is put forward and by whom, the line's own questions, deeds and story, consents."""
    named = {
        Subject.FAMILY: Field("name", "家庭（户主姓名）", Kind.NAME, PLAIN),
        Subject.YARD: Field("name", "庭院（户主姓名）", Kind.NAME, PLAIN),
        Subject.TEXT: Field("name", "家庭（户主姓名）", Kind.NAME, PLAIN),
    }.get(subject, Field("name", "姓名", Kind.NAME, PLAIN))
    who = (
        Field("how", "推荐方式", Kind.CHOICE, PLAIN, choices=HOW),
        named,
        *((Field("category", "类型", Kind.CHOICE, PLAIN, choices=categories),) if categories else ()),
        Field("phone", "联系电话", Kind.PHONE, IDENTITY),
        Field("place", "所在村（社区）", Kind.PLACE, PLAIN),
        Field("nominator", "推荐人或推荐单位", Kind.TEXT, IDENTITY, max_length=40, shown_if=("how", ("OTHER", "UNIT"))),
        Field("nominator_phone", "推荐人电话", Kind.PHONE, IDENTITY, shown_if=("how", ("OTHER", "UNIT"))),
    )
    deeds = (
        Field("deeds", "主要事迹（200字以内）", Kind.LONGTEXT, PLAIN, max_length=200),
        Field(
            "story",
            "事迹材料",
            Kind.LONGTEXT,
            PLAIN,
            required=False,
            max_length=1500,
            help="800至1000字，可以从文档中粘贴。",
        ),
        Field("honours", "曾获荣誉", Kind.LONGTEXT, PLAIN, required=False, max_length=300),
    )
    agreed = (
        Field("true_statement", "以上情况属实", Kind.AGREE, PLAIN),
        Field("consent_apply", "被推荐人知情并同意参加评选", Kind.AGREE, PLAIN),
        Field("consent_publish", "同意公示和公布姓名", Kind.YESNO, PLAIN),
        Field("consent_story", "同意公开发布事迹", Kind.YESNO, PLAIN),
        Field("consent_photo", "同意公开发布照片", Kind.YESNO, PLAIN),
        Field("has_minor", "照片里有未成年人", Kind.YESNO, PLAIN),
        Field("consent_minor", "监护人同意公开未成年人影像", Kind.YESNO, PLAIN, shown_if=("has_minor", ("yes",))),
    )
    photos = (
        (
            AttachmentKind("BEFORE", "整治前照片", True, PLAIN, "从同一角度拍。", 3),
            AttachmentKind("AFTER", "整治后照片", True, PLAIN, most=3),
        )
        if yard
        else (AttachmentKind("PHOTO", "照片", False, PLAIN, "1至6张，拍清楚；可以不传。", 6),)
    )
    return Sheet(
        (
            Section("who", "推荐对象", who),
            *own,
            Section("deeds", "事迹", deeds),
            Section("consent", "声明与同意", agreed, "不同意公开的也可以参评，公示时只写编号，不上光荣榜。"),
        ),
        attachments=photos,
    )  # fmt: skip


WORKFLOW, ACTS = stations.join(
    stations.filing("SUBMITTED"),
    stations.village("VERIFIED", say="村（社区）评议同意"),
    stations.town("REVIEWED", say="推荐到区", within_quota=True),
    stations.Piece((State("REVIEWED", "待区级资格审查", StateKind.REVIEW, DISTRICT, 10),)),
    stations.step(
        "screen", "资格审查通过，进入评审", "REVIEWED", "JUDGED", Verb.CASE_ASK, DISTRICT,
        act=Act(sheet=screening(), run=refuse_found),
    ),
    stations.step(
        "send_back", "退回镇街", "REVIEWED", "VERIFIED", Verb.CASE_ASK, DISTRICT,
        negative=True, reasons=stations.RETURN_REASONS,
    ),
    stations.district(
        "DECIDED", at="JUDGED", back="REVIEWED", label="评审中", say="评定入选", days=30,
        refusable=("REVIEWED", "DECIDED"),
    ),
    stations.notice("AWARDED", at="DECIDED", label="已入选待公示"),
    stations.Piece((State("AWARDED", "已命名", StateKind.CLOSED),)),
    stations.revocation("AWARDED", label="撤销荣誉", confirm="撤销后证书查验页会显示已撤销。"),
    stations.withdrawal("SUBMITTED", "RETURNED", "VERIFIED", "REVIEWED", "JUDGED", "DECIDED"),
    stations.Piece(
        acts={
            "grant": Act(effects=(Effect.GRANT, Effect.DELIVER), run=give_certificate),
            "revoke": Act(effects=(Effect.REVOKE,), run=take_back),
            "withdraw": Act(effects=(Effect.CANCEL,), run=leave_the_jury),
            "withdraw_for": Act(effects=(Effect.CANCEL,), run=leave_the_jury),
            "refuse": Act(effects=(Effect.REFUSE,), run=leave_the_jury),
        }
    ),
)  # fmt: skip


def line(
    *,
    key: str,
    name: str,
    summary: str,
    prefix: str,
    subject: Subject,
    criteria: tuple[tuple[str, int], ...],
    basis: str,
    own: tuple[Section, ...] = (),
    categories: tuple[tuple[str, str], ...] = (),
    since: dt.date = dt.date(2011, 1, 1),
    host: str = "涪陵区妇女联合会",
    brand: str = "xingfu",
    yard: bool = False,
    voted: bool = True,
    acts: Mapping[str, Act] | None = None,
) -> Programme:
    """A line of honours. ``criteria`` are what the jury judges by with the most points each; ``voted`` says whether a public
    vote may be held at all (never for minors' entries, domain notes 4.6)."""
    return Programme(
        key=key,
        name=name,
        family=key,
        summary=summary,
        secret=False,
        number_prefix=prefix,
        ask="所在村（社区）妇联主席，或区妇联家庭和儿童工作部。",
        portal_steps=("填写推荐", "村（社区）评议", "镇街推荐", "资格审查和评审", "公示", "命名"),
        brand=brand,
        versions=(
            Version(
                key="honour-1",
                label=name,
                effective_from=since,
                effective_to=None,
                basis=basis,
                sheet=entry_sheet(subject, own, categories=categories, yard=yard),
                workflow=WORKFLOW,
                acts={**ACTS, **(acts or {})},
                bindings=Bindings(
                    name="name", phone="phone", place="place", category="category" if categories else "",
                    publish_consent="consent_publish", nominator="nominator", nominator_phone="nominator_phone",
                ),
                consent_version="honour-1",
                consents={
                    "consent_apply": "APPLY",
                    "consent_publish": "PUBLISH",
                    "consent_story": "STORY",
                    "consent_photo": "PHOTO",
                    "consent_minor": "MINORS",
                },
                subject=subject,
                gives=Gives.HONOUR,
                often=Often.ANY,
                forward=frozenset(Forward),
                parameters={"criteria": [list(pair) for pair in criteria], "host": host, "may_vote": voted},
                notice=NoticePlan(
                    shows=(Show.NAME, Show.TOWN, *((Show.CATEGORY,) if categories else ())),
                    full_names=True,
                    nameless="候选",
                    days=5,
                ),
                layouts=(
                    Layout(
                        key="recommend",
                        title=f"“{name}”推荐汇总表",
                        columns=(
                            Column("序号", "@row", 6),
                            Column("姓名（户主）", "@name", 14),
                            *((Column("类型", "@category", 14),) if categories else ()),
                            Column("镇街", "@town"),
                            Column("村（社区）", "@village", 16),
                            Column("主要事迹", "deeds", 60),
                            Column("曾获荣誉", "honours", 30),
                            Column("状态", "@state", 16),
                        ),
                        footers=("推荐单位（盖章）：　　　　　　　　　　日期：",),
                    ),
                    Layout(
                        key="upward",
                        title=f"“{name}”向市级推荐汇总表",
                        columns=(
                            Column("序号", "@row", 6),
                            Column("区级编号", "@number", 16),
                            Column("姓名（户主）", "@name", 14),
                            *((Column("类型", "@category", 14),) if categories else ()),
                            Column("镇街", "@town"),
                            Column("村（社区）", "@village", 16),
                            Column("主要事迹", "deeds", 60),
                            Column("曾获荣誉", "honours", 30),
                            Column("区级命名日期", "@granted_on", 14),
                        ),
                        footers=("区妇联（盖章）：　　　　　　　　　　日期：",),
                        after="grant",
                    ),
                ),
                letters=(
                    Letter(
                        key="recommendation",
                        title=f"“{name}”推荐表",
                        sections=(
                            ("推荐对象", (("姓名（户主）", "@name"), ("所在地", "@place"), ("编号", "@number"))),
                            ("主要事迹", (("简要事迹", "deeds"), ("曾获荣誉", "honours"))),
                        ),
                        signatures=("村（社区）意见", "镇街妇联意见", "区妇联意见"),
                    ),
                    Letter(
                        key="upward",
                        title=f"“{name}”市级推荐表",
                        sections=(
                            ("推荐对象", (("姓名（户主）", "@name"), ("所在地", "@place"), ("区级编号", "@number"))),
                            ("区级评选", (("批次", "@round"), ("命名日期", "@granted_on"))),
                            ("主要事迹", (("简要事迹", "deeds"), ("曾获荣誉", "honours"))),
                        ),
                        signatures=("区妇联推荐意见", "市妇联意见"),
                        after="grant",
                    ),
                ),
            ),
        ),
    )  # fmt: skip
