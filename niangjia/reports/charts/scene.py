"""Shapes of a drawing, and the two ways to write them: SVG for the page and the file, PNG by Pillow for slides and Word.

Colours are those of the site's sheet (tokens of niangjia.css). What a colour says is said in words too.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path

from django.utils.safestring import SafeString
from PIL import Image, ImageDraw, ImageFont

TONES = {
    "ink": "#2b2326", "quiet": "#6d5f63", "grid": "#e8dfd4", "paper": "#ffffff", "plum": "#6b2d5c", "plum-soft": "#c9a6bf",
    "plum-pale": "#f2e7ee", "ok": "#5d8a4f", "ok-pale": "#e8f0e1", "warn": "#c8921b", "warn-pale": "#faf0d2", "bad": "#b93a30",
    "bad-pale": "#fae5e2", "none": "#d6cabd", "none-pale": "#f7f2ec", "due": "#d9622b", "tea": "#3f5558", "tea-pale": "#e5edec",
}  # fmt: skip
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/System/Library/Fonts/PingFang.ttc", "C:/Windows/Fonts/msyh.ttc", "C:/Windows/Fonts/simsun.ttc",
)  # fmt: skip
FAMILY = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif"
SCALE = 3  # pixels of a PNG for one unit of the drawing

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A polyline; ``dash`` where it says what is expected or foreseen."""

    points: Sequence[Point]
    tone: str
    width: float = 1.0
    dash: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon behind lines."""

    points: Sequence[Point]
    tone: str


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; ``title`` is read when it is pointed at."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a series."""

    x: float
    y: float
    tone: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Text; ``anchor`` is start, middle or end, ``y`` its base line."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    tone: str = "quiet"
    size: int = 12
    bold: bool = False


Shape = Line | Area | Box | Dot | Label


@dataclass(slots=True)
class Scene:
    """A drawing with its name and what it says in words."""

    width: int
    height: int
    title: str
    words: str
    shapes: list[Shape] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        self.shapes.extend(shapes)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the table of its numbers. ``key`` names it on its page and in its address."""

    key: str
    scene: Scene
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def title(self) -> str:
        return self.scene.title

    @property
    def words(self) -> str:
        return self.scene.words

    @property
    def svg(self) -> SafeString:
        return SafeString(as_svg(self.scene, key=self.key))


# --- SVG ----------------------------------------------------------------------------------------------------------------


def as_svg(scene: Scene, *, key: str = "chart") -> str:
    """The drawing as a picture that a screen reader reads by its title and words."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {scene.width} {scene.height}" role="img" focusable="false" '
        f'aria-labelledby="{key}-title {key}-words" font-family="{FAMILY}" font-size="12">',
        f'<title id="{key}-title">{escape(scene.title)}</title><desc id="{key}-words">{escape(scene.words)}</desc>',
        f'<rect width="{scene.width}" height="{scene.height}" fill="{TONES["paper"]}"/>',
        *(_svg(shape) for shape in scene.shapes),
        "</svg>",
    ]
    return "".join(parts)


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _said(title: str) -> str:
    return f"<title>{escape(title)}</title>" if title else ""


def _svg(shape: Shape) -> str:
    tone = TONES[shape.tone]
    match shape:
        case Line():
            dash = ' stroke-dasharray="5 4"' if shape.dash else ""
            return f'<polyline points="{_points(shape.points)}" fill="none" stroke="{tone}" stroke-width="{shape.width:g}"{dash}/>'
        case Area():
            return f'<polygon points="{_points(shape.points)}" fill="{tone}"/>'
        case Box():
            return (
                f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" height="{shape.height:.1f}" '
                f'fill="{tone}">{_said(shape.title)}</rect>'
            )
        case Dot():
            return (
                f'<circle cx="{shape.x:.1f}" cy="{shape.y:.1f}" r="4" fill="{tone}" stroke="{tone}" stroke-width="2">'
                f"{_said(shape.title)}</circle>"
            )
        case Label():
            weight = ' font-weight="600"' if shape.bold else ""
            return (
                f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" text-anchor="{shape.anchor}" fill="{tone}" '
                f'font-size="{shape.size}"{weight}>{escape(shape.text)}</text>'
            )


# --- PNG -------------------------------------------------------------------------------------------------------------


class FontMissing(Exception):
    """No font with Chinese characters is installed; the message is for the user."""


@cache
def _font_file() -> str:
    found = next((name for name in FONTS if Path(name).exists()), None)
    if found is None:
        raise FontMissing("服务器没有中文字体，不能生成PNG图片。请下载SVG，或请管理员安装“文泉驿微米黑”或“思源黑体”。")
    return found


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_font_file(), size * SCALE)


def as_png(scene: Scene) -> bytes:
    """The same drawing in pixels, twice as many as it has units. Raises FontMissing."""
    image = Image.new("RGB", (scene.width * SCALE, scene.height * SCALE), TONES["paper"])
    pen = ImageDraw.Draw(image)
    for shape in scene.shapes:
        _draw(pen, shape)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]


def _draw(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    tone = TONES[shape.tone]
    match shape:
        case Line():
            width = max(round(shape.width * SCALE), 1)
            for start, end in zip(shape.points, shape.points[1:], strict=False):
                for piece in _dashes(start, end) if shape.dash else [(start, end)]:
                    pen.line(_scaled(piece), fill=tone, width=width)
        case Area():
            pen.polygon(_scaled(shape.points), fill=tone)
        case Box():
            if shape.width > 0 and shape.height > 0:
                pen.rectangle(_scaled([(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)]), fill=tone)
        case Dot():
            around = _scaled([(shape.x - 4, shape.y - 4), (shape.x + 4, shape.y + 4)])
            pen.ellipse(around, fill=tone, outline=tone, width=2 * SCALE)
        case Label():
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
            stroke = 1 if shape.bold else 0
            at = _scaled([(shape.x, shape.y)])[0]
            pen.text(
                at, shape.text, fill=tone, font=_font(shape.size), anchor=anchor, stroke_width=stroke, stroke_fill=tone
            )


def _dashes(start: Point, end: Point) -> list[tuple[Point, Point]]:
    (x0, y0), (x1, y1) = start, end
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    if not length:
        return []

    def at(way: float) -> Point:
        share = min(way / length, 1.0)
        return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share

    return [(at(way), at(way + 5)) for way in range(0, int(length) + 1, 9)]
