"""A lesson from the first word to the phone and back; a question from a mother to everybody's page and off it."""

import datetime as dt
import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from docx import Document
from pytest_django import Settings

from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.core.refused import Refused
from niangjia.files.models import StoredFile
from niangjia.lessons import actions, public, queries
from niangjia.lessons.kinds import MakingState, Part, QuestionState
from niangjia.lessons.models import Lesson, Making, Media
from niangjia.people.models import Account
from tests.personas import District
from tests.recordings import mp4, wav
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
PUBLISHED = pytest.mark.django_db(
    transaction=True, databases=["default", "public"]
)  # the public reads what is committed
TEXT = "## 先听\n让孩子把话说完。\n\n- 不打断\n- 不评价"


@pytest.fixture(autouse=True)
def uploads(settings: Settings, tmp_path: Path) -> Path:
    settings.NIANGJIA_UPLOADS = tmp_path / "uploads"
    return tmp_path


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def written(district: District, text: str = TEXT) -> Lesson:
    officer = district.acting("officer")
    with acting_as(officer):
        series = actions.save_series(title="好好说话", by=officer)
        return actions.write_lesson(series_id=series.pk, title="听孩子说", text=text, by=officer)


def on_show(district: District, *, media: bytes | None = None) -> Lesson:
    """Written by the officer, checked and published by the chair."""
    lesson = written(district)
    officer, chair = district.acting("officer"), district.acting("chair")
    if media:
        with acting_as(officer):
            actions.add_media(lesson_id=lesson.pk, name="录像.mp4", file=io.BytesIO(media), by=officer)
    with acting_as(chair):
        actions.check(lesson_id=lesson.pk, by=chair)
        return actions.publish(lesson_id=lesson.pk, by=chair)


def test_who_wrote_a_lesson_does_not_check_it_and_what_changes_is_checked_anew(district: District) -> None:
    lesson = written(district, text="有事找张老师，电话13800138000。")
    officer, chair = district.acting("officer"), district.acting("chair")
    with acting_as(chair), pytest.raises(Refused, match="手机号"):
        actions.check(lesson_id=lesson.pk, by=chair)
    with acting_as(officer):
        actions.write_lesson(lesson_id=lesson.pk, series_id=lesson.series_id, title="听孩子说", text=TEXT, by=officer)
    with acting_as(chair):
        assert actions.check(lesson_id=lesson.pk, by=chair).state == "CHECKED"
    with acting_as(officer):
        changed = actions.set_captions(lesson_id=lesson.pk, text="00:01.000 --> 00:02.000\n好", by=officer)
        assert (changed.state, changed.checked_by) == ("DRAFT", "")
    with acting_as(chair), pytest.raises(Refused, match="现在是“草稿”"):
        actions.publish(lesson_id=lesson.pk, by=chair)


@PUBLISHED
def test_a_phone_reads_jumps_and_is_counted_as_nobody(district: District, client: Client, no_ffmpeg: None) -> None:
    lesson = on_show(district, media=mp4(90, filling=200_000))
    index = client.get("/lessons/").content.decode()
    assert ("听孩子说" in index, "0.2 MB" in index) == (True, True)
    page = client.get(f"/lessons/{lesson.pk}/?as=video")
    assert ('preload="none"' in page.content.decode(), "autoplay" in page.content.decode()) == (True, False)
    assert set(page.cookies.keys()) == {"csrftoken"}  # no session: nothing says who she is
    address = f"/lessons/{lesson.pk}/video.mp4"
    whole = b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]
    part = client.get(address, headers={"Range": "bytes=100000-100009"})
    got = (part.status_code, part["Content-Range"], part["Content-Length"], b"".join(part.streaming_content))  # type: ignore[attr-defined]
    assert got == (206, f"bytes 100000-100009/{len(whole)}", "10", whole[100_000:100_010])
    beyond = client.get(address, headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")
    for way in ("VIDEO", "VIDEO", "TEXT", "WHO"):
        client.post(f"/lessons/{lesson.pk}/opened/", {"way": way})
    with acting_as(district.acting("officer")):
        assert queries.opened(lesson) == {"打开文字": 1, "播放视频": 2, "播放声音": 0}
    chair = district.acting("chair")
    with acting_as(chair):
        assert measures.value(measures.get("lessons.published")) == 1
        actions.withdraw(lesson_id=lesson.pk, reason="内容过时", by=chair)
    assert [client.get(one).status_code for one in (f"/lessons/{lesson.pk}/", address)] == [404, 404]


def test_without_ffmpeg_the_page_says_so_and_a_coding_few_phones_play_is_refused(
    district: District, no_ffmpeg: None
) -> None:
    lesson, officer = written(district), signed_in(district.accounts["officer"])
    upload = f"/desk/lessons/{lesson.pk}/media/"
    wrong = officer.post(upload, {"file": io.BytesIO("不是视频".encode())})
    assert (wrong.status_code, "这个文件不是视频" in wrong.content.decode()) == (422, True)
    assert "导出为 MP4（H.264）" in officer.post(upload, {"file": io.BytesIO(mp4(coding=b"hvc1"))}).content.decode()
    assert officer.post(upload, {"file": io.BytesIO(mp4())}).status_code == 302
    assert "没有视频转换程序（ffmpeg）" in officer.get(f"/desk/lessons/{lesson.pk}/").content.decode()
    with acting_as(district.acting("officer")):
        assert Making.objects.get(lesson=lesson).state == MakingState.ABSENT


@pytest.mark.parametrize(
    ("works", "state", "parts"), [(True, "DONE", {"VIDEO", "SMALL", "VOICE"}), (False, "FAILED", {"VIDEO"})]
)
def test_where_ffmpeg_is_small_streams_are_made_in_the_background(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: bool, state: str, parts: set[str]
) -> None:
    """The program is a stand-in that writes a recording where it is told to, or gives up: what is tried is the house."""
    (tmp_path / "made.mp4").write_bytes(mp4(90, picture=False))
    program = tmp_path / "ffmpeg"
    last = f'/bin/cp {tmp_path}/made.mp4 "$made"' if works else "echo Invalid data >&2; exit 1"
    program.write_text(f"#!/bin/sh\nfor made; do :; done\necho out_time_us=45000000\n{last}\n")
    os.chmod(program, program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    lesson, officer = written(district), district.acting("officer")
    with acting_as(officer):
        actions.add_media(lesson_id=lesson.pk, name="录像.mp4", file=io.BytesIO(mp4()), by=officer)
        assert Making.objects.get(lesson=lesson).state == MakingState.WAITING
        actions.make_streams(lesson_id=lesson.pk, by=officer)
        made = Making.objects.get(lesson=lesson)
        assert (made.state, made.message) == (state, "" if works else "Invalid data")
        assert set(Media.objects.filter(lesson=lesson).values_list("part", flat=True)) == parts
        actions.add_media(lesson_id=lesson.pk, name="新的.mp4", file=io.BytesIO(mp4()), by=officer)
        assert StoredFile.objects.filter(purpose="lesson").count() == 1  # what was replaced is forgotten
        actions.remove_media(lesson_id=lesson.pk, part=Part.VIDEO, by=officer)
        assert (Media.objects.count(), StoredFile.objects.filter(purpose="lesson").count()) == (0, 0)


@PUBLISHED
def test_a_question_is_published_without_names_and_gone_when_she_takes_it_back(
    district: District, client: Client
) -> None:
    lesson = on_show(district, media=wav())
    address = f"/lessons/{lesson.pk}/"
    mother = signed_in_resident(district)
    words = "我儿子叫李小明，在城西小学，不肯写作业。"
    for _ in range(2):  # sent twice, it is one
        assert mother.post(f"{address}ask/", {"text": words, "may_publish": "on"}).status_code == 302
    chair = district.acting("chair")
    with acting_as(chair):
        (question,) = queries.questions()
        actions.answer(question_id=question.pk, text="先陪十分钟。", answered_as="家庭教育指导师", by=chair)
        say: dict[str, Any] = {"question_id": question.pk, "public_answer": "先陪十分钟。", "by": chair}
        with pytest.raises(Refused) as refused:
            actions.publish_question(public_question=words, no_child=False, **say)
        assert set(refused.value.fields) == {"public_question", "no_child"}
        actions.publish_question(public_question="孩子不肯写作业怎么办？", no_child=True, **say)
    page = client.get(address).content.decode()
    assert ("孩子不肯写作业怎么办？" in page, "李小明" in page, "区主席甲" in page) == (True, False, False)
    assert "先陪十分钟。" in mother.get("/lessons/mine/").content.decode()
    assert signed_in_resident(district, "13900139000").post(f"/lessons/mine/{question.pk}/").status_code == 404
    mother.post(f"/lessons/mine/{question.pk}/", {"what": "consent"})
    assert public.questions(lesson.pk) == []
    with acting_as(chair):
        question.refresh_from_db()
        assert (question.state, question.may_publish, question.public_question) == (QuestionState.ANSWERED, False, "")
        with pytest.raises(Refused, match="没有同意公开"):
            actions.publish_question(public_question="孩子不肯写作业怎么办？", no_child=True, **say)


def word_file() -> io.BytesIO:
    document = Document()
    document.add_heading("先听", 1)
    document.add_paragraph("让孩子把话说完。")
    out = io.BytesIO()
    document.save(out)
    out.seek(0)
    return out


@PUBLISHED
def test_an_editor_makes_a_lesson_and_a_live_session_on_pages(district: District, client: Client) -> None:
    officer, chair = (signed_in(district.accounts[who]) for who in ("officer", "chair"))
    officer.post("/desk/lessons/series/new/", {"title": "好好说话", "order": "1"})
    with acting_as(district.acting("officer")):
        (series,) = queries.series()
    given = {"series_id": series.pk, "title": "听孩子说", "age_group": "ALL", "text": "<p>旧稿</p>", "minutes": "3"}
    page = officer.post("/desk/lessons/new/", given)["Location"]
    assert officer.post(f"{page}word/", {"file": word_file()}).status_code == 302
    wrong = officer.post(f"{page}captions/", {"captions": "00:04.000 --> 00:01.000\n好"})
    assert (wrong.status_code, "结束时间应晚于开始时间" in wrong.content.decode()) == (422, True)
    assert officer.post(f"{page}step/", {"do": "check"}).status_code == 403
    for do in ("check", "publish"):
        chair.post(f"{page}step/", {"do": do})
    starts = clock.now() + dt.timedelta(days=1)
    live = {
        "series_id": series.pk, "title": "一起聊", "starts_at": f"{starts:%Y-%m-%dT%H:%M}",
        "ends_at": f"{starts + dt.timedelta(hours=1):%Y-%m-%dT%H:%M}", "link": "http://live.example.cn/1",
    }  # fmt: skip
    assert "网址应以 https:// 开头" in officer.post("/desk/lessons/live/new/", live).content.decode()
    officer.post("/desk/lessons/live/new/", {**live, "link": "https://live.example.cn/1"})
    (shown,) = public.lives()
    assert "SUMMARY:一起聊" in client.get(f"/lessons/live/{shown.id}.ics").content.decode()
    officer.post(f"/desk/lessons/live/{shown.id}/recording/", {"lesson": page.split("/")[-2]})
    with clock.frozen(starts + dt.timedelta(hours=3)):
        assert [one.title for one in public.recorded()] == ["一起聊"]
    lesson = client.get(page.replace("/desk", "")).content.decode()
    assert ("<h2>先听</h2>" in lesson, "旧稿" in lesson) == (True, False)


def signed_in_resident(district: District, phone: str = "13800138000") -> Client:
    return signed_in(Account.objects.get(pk=district.resident(phone).account_id))
