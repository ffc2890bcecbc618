"""The evidence folder of a class as one zip: what an auditor asks for in his order, and a list of what is missing."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import BinaryIO

from niangjia.attendance import queries as attendances
from niangjia.core import clock
from niangjia.core.zips import Member
from niangjia.files import queries as files
from niangjia.org import queries as org
from niangjia.reports.tables import training as tables
from niangjia.training import queries, rules
from niangjia.training.kinds import DONE, QUESTIONS, PaperKind
from niangjia.training.models import Course, Paper

Write = Callable[[BinaryIO], int]


class _Folder:
    """Members with a running number of their own, whose bytes are hashed while they go out; the index comes last."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.members: list[Member] = []
        self.lines: list[tuple[str, int, str]] = []
        self.missing: list[str] = []
        self._used: set[str] = set()

    def put(self, folder: str, name: str, pieces: Iterable[bytes], at: dt.datetime) -> None:
        path = f"{self.root}/{folder}/{name}" if folder else f"{self.root}/{name}"
        stem, dot, ending = path.rpartition(".")
        n = 1
        while path in self._used:
            n += 1
            path = f"{stem}（{n}）{dot}{ending}"
        self._used.add(path)
        self.members.append(Member(path, self._hashed(path, pieces), at))

    def _hashed(self, path: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        digest, size = sha256(), 0
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece
        self.lines.append((path, size, digest.hexdigest()))

    def index(self) -> Iterator[bytes]:
        out = io.StringIO()
        rows = csv.writer(out)
        rows.writerow(["文件", "大小（字节）", "SHA-256"])
        rows.writerows(self.lines)
        for one in self.missing:
            rows.writerow([one, "", "缺少"])
        yield out.getvalue().encode("utf-8-sig")


def evidence(course: Course, *, full: bool) -> list[Member]:
    """The members of a class's folder. Rows are read now, under the post that asks; bytes of uploads follow when sent.

    ``full`` shows numbers and telephones in full. What was made from records is marked so in the description.
    """
    now = clock.now()
    folder = _Folder(course.title)
    papers: dict[PaperKind, list[Paper]] = {}
    for paper in queries.papers_of(course.pk):
        papers.setdefault(PaperKind(paper.kind), []).append(paper)
    folder.missing = [f"{kind.label}" for kind in queries.missing_papers(papers, course)]
    made = _made(course, full=full)
    for number, kind in enumerate(PaperKind, start=1):
        name = f"{number:02d}{kind.label}"
        for title, write in made.get(kind, ()):
            out = io.BytesIO()
            if write(out):
                folder.put(name, title, [out.getvalue()], now)
            else:
                folder.missing.append(f"{kind.label}：{title.rpartition('.')[0]}（没有记录）")
        for paper in papers.get(kind, ()):
            ending = paper.file.name.rpartition(".")[2]
            title = paper.title if paper.title.endswith(f".{ending}") else f"{paper.title}.{ending}"
            try:
                folder.put(name, title, files.open_file(paper.file), paper.added_at.astimezone(clock.CHINA))
            except files.FileLost as lost:
                folder.missing.append(f"{kind.label}：{paper.title}（{lost}）")
    about = "\r\n".join(_about(course, folder.missing)).encode("utf-8-sig")
    folder.put("", "00说明.txt", [about], now)
    folder.members.insert(0, folder.members.pop())
    folder.members.append(Member(f"{folder.root}/99目录.csv", folder.index(), now))
    return folder.members


def _made(course: Course, *, full: bool) -> dict[PaperKind, list[tuple[str, Write]]]:
    """What the house writes from its own records, by the part of the folder it belongs to."""
    return {
        PaperKind.PLAN: [
            ("教学计划.txt", lambda out: out.write(course.plan.encode("utf-8-sig")) if course.plan else 0)
        ],
        PaperKind.TIMETABLE: [("课程表.xlsx", lambda out: tables.write_timetable(out, course))],
        PaperKind.SIGN_IN: [
            ("学员名册.xlsx", lambda out: tables.write_roster(out, course, full=full)),
            ("签到册.xlsx", lambda out: tables.write_sign_in(out, course)),
        ],
        PaperKind.EXAM: [("成绩表.xlsx", lambda out: tables.write_scores(out, course))] if course.has_exam else [],
        PaperKind.CERTIFICATE: [("证书发放表.xlsx", lambda out: tables.write_certificates(out, course))],
        PaperKind.SATISFACTION: [("满意度汇总.txt", lambda out: _satisfaction(out, course))],
        PaperKind.PAYMENT: [("补贴申领名单.xlsx", lambda out: tables.write_claim(out, course, full=full))],
        PaperKind.OTHER: [
            (
                "就业回访.xlsx",
                lambda out: tables.write_calls(out, queries.follow_ups().filter(enrolment__course=course)),
            )
        ],
    }


def _satisfaction(out: BinaryIO, course: Course) -> int:
    found = queries.satisfaction(course.pk)
    if not found.forms:
        return 0
    if found.content_percent is None:
        lines = [f"收到{found.forms}份。不足{rules.LEAST_SHOWN}份，为保护填写人不公布结果。"]
    else:
        lines = [f"收到{found.forms}份，满意（4分以上）{found.content_percent}%。各项平均分（满分5分）："]
        lines += [f"{label}：{mean}" for label, mean in found.means]
        lines += ["", "意见和建议：", *found.words] if found.words else []
    return out.write("\r\n".join(lines).encode("utf-8-sig"))


def _about(course: Course, missing: Iterable[str]) -> Iterator[str]:
    project, claim = course.project, queries.claim_of(course.pk)
    heads = attendances.heads([course.about])
    done = queries.enrolments(course.pk).filter(state__in=DONE).count()
    yield f"{course.title}　结业资料"
    yield f"项目：{project.title}（{project.year}年，{project.document_no or '未登记文号'}）"
    yield f"资金来源：{project.fund_source or '—'}　补贴标准：{project.unit_price:g}元/人"
    yield f"承办：{course.unit.name}　培训机构：{course.trainer.name if course.trainer else '—'}"
    yield f"工种：{course.subject}（{course.get_level_display()}，{course.hours}学时）　名额：{course.capacity}人"
    yield f"时间：{course.starts_on:%Y-%m-%d}至{course.ends_on:%Y-%m-%d}　地点：{org.place_name(course.place)} {course.venue}"
    yield f"批准：{course.approved_by or '—'} {course.approved_on or ''}　状态：{course.get_state_display()}"
    if course.small_why:
        yield f"人数不足仍开班的原因：{course.small_why}"
    yield f"结业：{done}人　签到：{heads.attendances}人次、{heads.people}人"
    if claim is not None:
        yield f"申领：{claim.heads}人 × {claim.unit_price:g}元 = {claim.amount}元（{claim.claimed_on:%Y-%m-%d} {claim.claimed_by}）"
        if claim.audited_on:
            yield f"审定：{claim.audited_heads}人，{claim.audited_amount}元（{claim.audited_on:%Y-%m-%d} {claim.audited_by}）{claim.opinion}"
    yield tables.placement_words(queries.placement_of(course.pk))
    yield ""
    yield "名册、签到册、课程表、成绩表、证书发放表、申领名单、满意度汇总由系统按记录生成，其余为上传的原件。"
    yield f"满意度问题：{'、'.join(label for _, label in QUESTIONS)}。"
    listed = list(missing)
    yield f"缺少：{'；'.join(listed)}。" if listed else "应有资料齐全。"
    yield "每个文件的大小和 SHA-256 见“99目录.csv”，可用来核对是否被改动。"
