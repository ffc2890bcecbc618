"""Small streams of a video, made by ffmpeg where it is present: a picture for weak networks, and the sound alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from niangjia.lessons.kinds import Part

# 360 lines at no more than 400 kbit/s and 48 kbit/s of speech: some 3 MB a minute at worst. Place and camera are left out.
_SOUND: Final = ("-c:a", "aac", "-b:a", "48k", "-ac", "1")
_OUT: Final = ("-map_metadata", "-1", "-movflags", "+faststart")
ARGUMENTS: Final = {
    Part.SMALL: (
        "-vf", "scale=-2:'min(360,ih)'", "-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-maxrate", "400k",
        "-bufsize", "800k", "-pix_fmt", "yuv420p", *_SOUND, *_OUT,
    ),
    Part.VOICE: ("-vn", *_SOUND, *_OUT),
}  # fmt: skip
ENDINGS: Final = {Part.SMALL: "mp4", Part.VOICE: "m4a"}
_MOVED: Final = re.compile(r"out_time_(?:us|ms)=(\d+)")  # both are microseconds


class StreamError(Exception):
    """ffmpeg gave up; the message is its last line."""


def program() -> str | None:
    """Where ffmpeg is on this machine; None if it is not."""
    return shutil.which("ffmpeg")


def make(part: Part, *, source: Path, into: Path, seconds: float, report: Callable[[float], None]) -> Path:
    """Make one stream in a folder and return its file; ``report`` hears what part of the running time is done, 0 to 1.

    Raises StreamError, also when ffmpeg is not there.
    """
    ffmpeg = program()
    if ffmpeg is None:
        raise StreamError("ffmpeg 不在本机")
    made = into / f"{part.value.lower()}.{ENDINGS[part]}"
    command = [
        ffmpeg,
        "-nostdin",
        "-v",
        "error",
        "-progress",
        "pipe:1",
        "-i",
        str(source),
        *ARGUMENTS[part],
        "-y",
        str(made),
    ]
    errors = into / "errors.txt"
    with (
        errors.open("wb") as told,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True) as running,  # noqa: S603
    ):
        assert running.stdout is not None
        for line in running.stdout:
            if moved := _MOVED.match(line):
                report(min(1.0, int(moved[1]) / 1_000_000 / max(seconds, 1)))
        code = running.wait()
    if code or not made.is_file():
        last = errors.read_text(errors="replace").strip().splitlines()[-1:] or [f"退出码 {code}"]
        raise StreamError(last[0][:160])
    return made
