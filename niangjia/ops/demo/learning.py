"""The demonstration's learning: a documentary watched by the whole district, and a series of the parents' micro-class."""

from __future__ import annotations

import datetime as dt
import io
import math
import struct
import uuid
import wave
from random import Random

from django.utils.timezone import make_aware
from PIL import Image, ImageDraw

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.campaigns import actions as study
from niangjia.campaigns import queries as studies
from niangjia.campaigns.kinds import Audience, CampaignState, Demand, How
from niangjia.campaigns.models import Campaign, Reflection, Return
from niangjia.campaigns.rules import EpisodeLine
from niangjia.core import clock
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.lessons import actions as lessons
from niangjia.lessons.kinds import AgeGroup
from niangjia.ops.demo.district import DemoDistrict
from niangjia.people import queries as people
from niangjia.people.models import Account

FILM = "将改革进行到底"
EPISODES = (
    "时代之问", "引领经济发展新常态", "人民民主新境界", "维护社会公平正义", "延续中华文脉", "守住绿水青山", "强军之路（上）",
    "强军之路（下）", "党的自我革新", "人民的获得感",
)  # fmt: skip
STARTED, ENDED = -80, -62  # days from today
# What people of the demonstration write: nobody's words, invented for it.
THOUGHTS = (
    "第三集讲到群团组织不能脱离群众，我想到我们社区的妇女之家。以前门开着没人来，现在每周三有人等着说事，办一件记一件，门才算真的开了。",
    "看完最大的感受是改革落在细处。我们镇去年把证明材料从七样减到两样，大姐们少跑了多少路。接下来执委要一户一户把政策讲明白。",
    "我在村里做了九年妇女小组长，路通了，水通了，年轻人也回来了几个。片子里说人民的获得感，我看就是老人看病近了，娃儿上学稳了。",
    "守住绿水青山那一集，我们是在晒谷坝上放的。放完大家就说起门口那条沟，当场定了轮流打扫的单子，美丽庭院就从这条沟做起。",
    "看了人民民主新境界，我觉得妇联干部要多坐小板凳，少坐主席台。群众愿意跟你说难处，才算是娘家人。",
    "片子看了两遍，头一遍在会议室，第二遍在家里跟老人一起看。老人说现在办事不求人，这句话比什么都实在。",
)
VENUES = ("镇街会议室", "妇女之家", "文化活动中心", "便民服务大厅二楼")
NOTES = (
    "干部集中收看，执委带到村（社区）放给群众看，看完就议身边的事。",
    "分两个晚上在院坝放映，照顾白天做活路的姐妹。",
    "把收看和本周的走访合在一起，不另外开会。",
)


def _at(today: dt.date, days: int, hour: int = 15) -> dt.datetime:
    return make_aware(dt.datetime.combine(today + dt.timedelta(days=days), dt.time(hour, 0)))


def learn(district: DemoDistrict) -> None:
    """Everything of this module, each act under the post that would do it."""
    watch(district)
    teach(district)


# ---------------------------------------------------------------- the documentary


def watch(district: DemoDistrict) -> None:
    """A finished campaign of ten episodes: issued, watched in every town, reported, written about, closed."""
    draw = Random(FILM)  # noqa: S311  of its own: what others invent does not change
    today = clock.today()
    officer = district.seat("qu.ganshi")
    towns = [unit for unit in district.units.values() if unit.kind == "FEDERATION" and unit.place.endswith("000")]
    with clock.frozen(_at(today, STARTED - 3, 9)), acting_as(officer):
        campaign = study.save_campaign(
            unit=district.units["涪陵区妇联"], title=FILM, document_number=f"涪妇发〔{today.year}〕17号",
            intro="按照区委统一要求，组织干部职工通过集中收看和个人自行收看两种方式观看政论专题片，群众自愿参加。",
            episodes=[EpisodeLine(n, title, "央视综合频道", "", 50) for n, title in enumerate(EPISODES, start=1)],
            group=True, alone=True, audiences=[Audience.CADRES, Audience.PUBLIC], starts_on=today + dt.timedelta(days=STARTED),
            deadline=today + dt.timedelta(days=ENDED), reflections=Demand.WELCOME, by=officer,
        )  # fmt: skip
        study.issue(campaign_id=campaign.pk, unit_ids=[unit.pk for unit in towns], by=officer)
        returns = list(studies.returns(campaign))
    with clock.frozen(_at(today, STARTED, 0)), acting_as(district.house):
        study.turn(by=district.house)
    for number, ret in enumerate(returns):
        by = officer if ret.place == district.place else district.chair_of(ret.place)
        _town(campaign, ret, by, draw, today, evenings=2 if number % 5 else 3, pictured=number in (1, 4))
    with clock.frozen(_at(today, ENDED + 1, 0)), acting_as(district.house):
        study.turn(by=district.house)
    _choose(campaign, officer, today)


def _town(
    campaign: Campaign, ret: Return, by: Acting, draw: Random, today: dt.date, *, evenings: int, pictured: bool
) -> None:
    """A unit watches half of it on each of two or three evenings; its chair sees the rest at home and says so."""
    with acting_as(by):
        episodes = studies.episodes(campaign)
        cadres = [pk for pk, _ in studies.officers_of(ret)]
    for evening in range(evenings):
        starts = _at(today, STARTED + 2 + evening * 5 + draw.randrange(4), 15)
        share = episodes[evening * len(episodes) // evenings : (evening + 1) * len(episodes) // evenings]
        with clock.frozen(starts + dt.timedelta(hours=20)), acting_as(by):
            showing = study.record_showing(
                return_id=ret.pk, starts_at=starts, ends_at=starts + dt.timedelta(hours=3), venue=draw.choice(VENUES),
                host=by.person_name, episodes=[one.number for one in share], officers=[pk for pk in cadres if draw.random() < 0.7],
                headcount=draw.randrange(12, 46), discussion="结合本地的事谈体会。" if evening == 0 else "", by=by,
                token=uuid.UUID(int=draw.getrandbits(128)),
            )  # fmt: skip
            if pictured and evening == 0:
                study.add_photos(
                    showing_id=showing.pk, shown=True, by=by,
                    files=lambda: [files.store(name="收看现场.jpg", data=_picture(), purpose="study", place=ret.place, by=by, kinds=[FileKind.IMAGE])],
                )  # fmt: skip
    with clock.frozen(_at(today, ENDED - 2, 21)), acting_as(by):
        study.declare_viewing(campaign_id=campaign.pk, episodes=[one.pk for one in episodes[-3:]], by=by)
        if draw.random() < 0.4:
            study.reflect(
                campaign_id=campaign.pk, text=draw.choice(THOUGHTS), author=by.person_name, audience=Audience.CADRES,
                how=How.DICTATED if draw.random() < 0.5 else How.WRITTEN, may_publish=True, may_name=draw.random() < 0.5, by=by,
            )  # fmt: skip
    with clock.frozen(_at(today, ENDED, 17)), acting_as(by):
        study.submit(return_id=ret.pk, note=draw.choice(NOTES), by=by)


def _choose(campaign: Campaign, officer: Acting, today: dt.date) -> None:
    """The editor takes each thought once, accepts the returns, closes."""
    with clock.frozen(_at(today, ENDED + 6, 10)), acting_as(officer):
        taken: set[str] = set()
        for one in Reflection.objects.filter(campaign=campaign).order_by("pk"):
            fresh = one.text not in taken
            study.sort(reflection_id=one.pk, select=fresh, by=officer)
            if fresh:
                taken.add(one.text)
                study.publish(reflection_id=one.pk, shown_text=one.text, by=officer)
        for ret in studies.returns(campaign):
            study.decide(return_id=ret.pk, accept=True, by=officer)
        study.move(campaign_id=campaign.pk, to=CampaignState.CLOSED, by=officer)


def _picture() -> bytes:
    """A drawn screen before rows of seats: no photograph of anybody."""
    image = Image.new("RGB", (960, 540), "#f1e7dc")
    pen = ImageDraw.Draw(image)
    pen.rectangle((240, 40, 720, 300), fill="#6b2d5c", outline="#3b1a33", width=6)
    for row in range(3):
        for seat in range(9):
            left = 90 + seat * 90 + row % 2 * 20
            pen.rounded_rectangle((left, 350 + row * 60, left + 56, 392 + row * 60), 12, fill="#b98aa9")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


# ---------------------------------------------------------------- the micro-class

SERIES = "好好说话：亲子沟通微课"
LESSONS = (
    ("听孩子把话说完", AgeGroup.PRIMARY, "先听，再问，后说。",
     "## 先听\n孩子开口的时候，放下手机，看着他。让他把话说完，不打断，不急着评价。\n\n## 再问\n问“后来呢”“你当时怎么想的”，不问“你怎么又”。\n\n"
     "## 试一试\n- 今天晚饭后留十分钟，只听不说。\n- 听完说一句：“谢谢你告诉我。”"),
    ("写作业不吼不叫", AgeGroup.PRIMARY, "把一大块分成几小块。",
     "## 为什么磨蹭\n一大堆作业摆在面前，孩子不知道从哪里开始。\n\n## 怎么办\n- 先一起看看有几样，排个先后。\n- 一样二十分钟，做完歇五分钟。\n"
     "- 做完一样划掉一样，让他自己划。\n\n错了先不擦，等做完再一起看。"),
    ("不在身边怎样陪", AgeGroup.ALL, "外出务工的父母，每周一通有内容的电话。",
     "## 电话里说什么\n少问分数，多问一件小事：今天和谁玩了，吃了什么。\n\n## 三个约定\n- 固定时间，说到做到。\n- 视频时先说自己的一件事。\n"
     "- 每月寄一张手写的字条。\n\n家里的老人最辛苦，电话里也谢谢老人。"),
    ("手机怎么管", AgeGroup.TEEN, "定规矩之前，先和他一起定。",
     "## 先自己做到\n吃饭不看手机，从大人开始。\n\n## 一起定\n- 什么时候用，用多久，写下来贴在墙上。\n- 违反了怎么办，也由他来说。\n- 每周日一起看看做到几条。"),
    ("青春期的脾气", AgeGroup.TEEN, "他不是冲着你来的。",
     "## 身体在变\n这几年脾气来得快，去得也快。\n\n## 当场怎么办\n- 声音先低下来。\n- 说“我们都冷一冷，半小时后再说”。\n- 回头一定要再说，不要当没发生。\n\n"
     "如果连续两周睡不好、不愿见人，请带孩子看医生，也可以拨打12338。"),
    ("好习惯早养成", AgeGroup.NURSERY, "一次只养一个习惯。",
     "## 从小事开始\n自己穿鞋，自己收碗，玩具回家。\n\n## 怎么夸\n- 夸做了什么：“你把积木都收好了。”\n- 不夸“你真聪明”。\n- 做不到时陪他做一遍，不替他做。"),
)  # fmt: skip
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\n（提示音）听孩子把话说完\n"
ASKED = (
    ("孩子一写作业就说肚子痛，该不该信？", "先信。带他看一次医生，排除身体的事；再看看是不是作业太难或怕挨骂。头一周陪他做前十分钟。", True),
    ("我在外地打工，电话里孩子总说没事，挂得很快。", "问一件具体的小事，比如中午吃的什么、和谁坐一起，自己也先说一件。时间固定下来，慢慢就有话说了。", True),
    ("婆婆总当着孩子说我不对，怎么办？", "先谢谢老人带孩子，再私下约好一条：当着孩子不说大人的不是。", False),
)  # fmt: skip


def teach(district: DemoDistrict) -> None:
    """A series of texts with one short recording, written by an officer, checked by the chair; questions answered."""
    today = clock.today()
    writer, chair = district.seat("qu.ganshi2"), district.seat("qu.zhuxi")
    made = []
    with clock.frozen(_at(today, -50, 9)), acting_as(writer):
        series = lessons.save_series(
            title=SERIES, intro="几分钟一节，说的都是家里的事。文字由区妇联家庭教育志愿者编写。", order=1, by=writer
        )
        for title, age, intro, text in LESSONS:
            made.append(
                lessons.write_lesson(
                    series_id=series.pk, title=title, intro=intro, text=text, age_group=age,
                    lecturer="区妇联家庭教育志愿者", by=writer,
                )
            )  # fmt: skip
        lessons.add_media(lesson_id=made[0].pk, name="提示音.wav", file=io.BytesIO(_chime()), by=writer)
        lessons.set_captions(lesson_id=made[0].pk, text=CAPTIONS, by=writer)
    with clock.frozen(_at(today, -48, 10)), acting_as(chair):
        for lesson in made:
            lessons.check(lesson_id=lesson.pk, by=chair)
            lessons.publish(lesson_id=lesson.pk, by=chair)
    with clock.frozen(_at(today, -2, 9)), acting_as(writer):
        starts = _at(today, 6, 19)
        lessons.save_live(
            series_id=series.pk, title="寒假怎么安排，家长一起聊", lecturer="区妇联家庭教育志愿者", starts_at=starts,
            ends_at=starts + dt.timedelta(hours=1), link="https://live.example.cn/niangjia", by=writer,
        )  # fmt: skip
    for number, (question, answer, agreed) in enumerate(ASKED):
        _ask(district, made[(number + 1) % len(made)].pk, number, question, answer, agreed)


def _ask(district: DemoDistrict, lesson_id: int, number: int, question: str, answer: str, agreed: bool) -> None:
    """A mother asks, the chair answers; who agreed is published, without her name."""
    today, chair = clock.today(), district.seat("qu.zhuxi")
    phone = f"1700000880{number}"
    account, _ = Account.objects.get_or_create(
        phone_index=people.phone_index(phone), defaults={"username": f"jiazhang-{number}", "phone": phone}
    )
    mother = access.resident(account)
    with clock.frozen(_at(today, -20 + number, 20)), acting_as(mother):
        one = lessons.ask(lesson_id=lesson_id, text=question, may_publish=agreed, by=mother)
    with clock.frozen(_at(today, -17 + number, 10)), acting_as(chair):
        lessons.answer(question_id=one.pk, text=answer, answered_as="区妇联家庭教育志愿者", by=chair)
        if agreed:
            lessons.publish_question(
                question_id=one.pk, public_question=question, public_answer=answer, no_child=True, by=chair
            )


def _chime() -> bytes:
    """Two seconds of a soft tone: the demonstration holds nobody's voice."""
    rate = 8000
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        tone = (int(6000 * math.exp(-n / rate * 2) * math.sin(n * 2 * math.pi * 523 / rate)) for n in range(2 * rate))
        sound.writeframes(b"".join(struct.pack("<h", value) for value in tone))
    return out.getvalue()
