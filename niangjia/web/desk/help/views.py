"""The handbook by role, read from ``docs/handbook``: one text for the screen and for paper."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET
from markdown_it import MarkdownIt

from niangjia.access.acting import Acting, ActorKind
from niangjia.core.codes import Level
from niangjia.web.guard import public, signed_in

PAGES: Final = {
    "officer": "区妇联",
    "town": "镇街",
    "village": "村（社区）",
    "resident": "居民",
    "partner": "协作部门",
    "assessor": "考核专家",
}
TOPICS: Final = {
    "family": "家庭教育",
    "study": "专题学习",
    "lessons": "父母微课堂",
    "training": "技能培训",
    "wishes": "微心愿",
    "honours": "评选表彰",
    "goods": "物资和邮包",
    "needs": "群众需求",
    "helpline": "妇女来件",
    "express": "健康快车",
    "duplicates": "人员查重",
    "outlines": "妇儿规划",
    "blanks": "上级表格",
}
FOLDER: Final[Path] = settings.BASE / "docs"


def _own_page(acting: Acting) -> str:
    if acting.kind is ActorKind.PARTNER:
        return "partner"
    return {Level.DISTRICT: "officer", Level.TOWN: "town", Level.VILLAGE: "village"}[acting.level]


@signed_in
@require_GET
def index(request: HttpRequest, page: str = "") -> HttpResponse:
    """The page of the reader's own role, or the one she chose, of a role or of a matter."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    chosen = page or _own_page(acting)
    if chosen not in PAGES and chosen not in TOPICS:
        raise Http404
    source = (FOLDER / "handbook" / f"{chosen}.md").read_text(encoding="utf-8")
    text = MarkdownIt("commonmark", {"html": False}).render(source)
    pictures = reverse("help:picture", args=["x.png"]).removesuffix("x.png")
    return render(
        request,
        "desk/help/index.html",
        {
            "pages": PAGES.items(),
            "topics": TOPICS.items(),
            "chosen": chosen,
            # our own text, rendered without raw HTML
            "text": mark_safe(text.replace("../pictures/", pictures)),  # noqa: S308
        },
    )


@public
@require_GET
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture of the handbook; they show the demonstration."""
    path = FOLDER / "pictures" / name
    if path.parent != FOLDER / "pictures" or path.suffix != ".png" or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type="image/png")
