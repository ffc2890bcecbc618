"""What the machine lends the browser journeys, and fetching it where that is permitted.

`python -m tests.machine` installs Debian's chromium and a CJK font when they are missing, apt is there and we are root;
otherwise it says what will be skipped. It never fails: the tests say themselves what they could not do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FONT_FOLDERS = (Path("/usr/share/fonts/opentype"), Path("/usr/share/fonts/truetype"))
PACKAGES = {"chromium": "chromium", "font": "fonts-noto-cjk"}


def browser() -> str | None:
    """The path of a Chromium that journeys can drive."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def has_cjk_font() -> bool:
    """Whether Chinese text shows as characters. Asks fontconfig, and without it looks where Debian puts fonts."""
    if shutil.which("fc-list"):
        return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())
    return any("cjk" in font.name.lower() for folder in FONT_FOLDERS for font in folder.rglob("*"))


def missing() -> list[str]:
    """Debian packages the journeys lack."""
    lacks = {"chromium": browser() is None, "font": not has_cjk_font()}
    return [PACKAGES[name] for name, is_missing in lacks.items() if is_missing]


def skip_reason() -> str | None:
    """Why journeys cannot run here, or None when they can."""
    return None if browser() else "没有 Chromium，浏览器测试跳过 / no Chromium here, browser journeys are skipped"


def main() -> None:
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        _say(f"正在安装 / installing: {' '.join(packages)}")
        _install(packages)
        packages = missing()
    if not packages:
        return
    command = f"apt-get install {' '.join(packages)}"
    if browser() is None:
        _say(f"没有 Chromium，浏览器测试将跳过；请执行 {command}")
        _say(f"No Chromium: browser journeys will be skipped. Run: {command}")
    else:
        _say(f"没有中文字体，截图里的汉字会显示为方框；请执行 {command}")
        _say(f"No CJK font: Chinese characters show as boxes in pictures. Run: {command}")


def _install(packages: list[str]) -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            _say(f"{' '.join(command)}:\n{done.stderr.strip()}")
            return


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    main()
