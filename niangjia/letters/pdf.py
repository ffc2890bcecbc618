"""Pages as PDF, set by Typst: Chinese typography, fonts embedded, no browser. Layouts lie in ``layouts/*.typ``.

A layout reads its data with ``json(bytes(sys.inputs.data))``; text in data is text, never markup.
"""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import segno

LAYOUTS = Path(__file__).parent / "layouts"
SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC")
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC")
INK = "#6a2c5c"


class NoFont(Exception):
    """No Chinese font is installed; the message says how to get one."""


def qr(text: str) -> str:
    """A QR code as SVG in the house's ink, without a border."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", dark=INK, border=0)
    return out.getvalue().decode()


def qr_address(text: str) -> str:
    """The same code as an address an ``img`` takes, for pages."""
    address: str = segno.make(text, error="m").svg_data_uri(dark=INK, border=0)
    return address


def render(layout: str, data: Any) -> bytes:
    """The PDF of a layout filled with JSON-ready data. Raises NoFont on a machine without a Chinese font."""
    import typst

    serif, sans = _fonts()
    whole = json.dumps({"data": data, "serif": serif, "sans": sans}, ensure_ascii=False)
    pdf: bytes = typst.compile(str(LAYOUTS / f"{layout}.typ"), sys_inputs={"data": whole})
    return pdf


@cache
def _fonts() -> tuple[str, str]:
    import typst

    families = {family.lower(): family for family in typst.Fonts().families()}
    serif = next((families[name.lower()] for name in SERIF if name.lower() in families), "")
    sans = next((families[name.lower()] for name in SANS if name.lower() in families), "")
    if not serif and not sans:
        raise NoFont(
            "服务器上没有中文字体，不能生成 PDF。请安装 fonts-noto-cjk（Debian/Ubuntu）后重试；网页打印不受影响。"
        )
    return serif or sans, sans or serif
