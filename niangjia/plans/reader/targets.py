"""Figures a plan binds itself to: number, unit, direction word, rhythm and deadline.

人, 人次 and 户 stay apart. Numbers that count nothing to be done (dates, ordinals, slogans such as 五个一, names of
documents, what was reached before) are left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from niangjia.plans.reader.deadlines import Deadline, deadlines
from niangjia.plans.reader.numerals import MULTIPLIERS, number, plain

# What makes another word of a unit's character: 5人 counts, 人大 and 人员 do not.
_NOT_AFTER = {
    "人": "大(?!姐)|民|员|们|口|才|身|群|力(?!争)|均|生|文|社|选|士|物|事|心|格|工|体", "次": "性|序|于|日|年|数|全会|党代会|代表大会|妇代会",
    "个": "月|性化|别|体|方面|一|环节|阶段|重点|关键|关口|维度|层|字|着力|抓手|注重|聚焦|突出|必须|坚持|到位|严格|共同|工作日|小时|学期|百分点"
    "|转变|确保|提升|强化|加强|全面|结合|带头|维护|自信|意识|为主|第一",
    "户": "籍|口|外|均", "场": "所|地|景|面(?![向对])|域|馆", "家": "庭|长|风|教|政|训|访|属|园|国|里|乡|事|校", "名": "单|誉|录|额|称|义",
    "期": "间|限|望|刊", "所": "有|在|以|需|属|谓", "支": "持|部|撑|出|教|付", "条": "例|件|款|线|块", "套": "餐",
    "对": "于|象|口|接|标|比|外|话|照", "份": "子", "元": "旦|素|宵|首", "节": "日|约|能|水|省", "篇": "章", "台": "账|阶",
    "批": "评|准|示|复|次", "项": "目(?!标)", "处": "理|置|于|分", "件": "数", "本": "级|地|区|年|月|单|部|土|次", "例": "会|外",
    "间": "隔|接", "部": "门|队|署|分", "组": "织|成|建|长", "幅": "度", "堂": "堂",
}  # fmt: skip
# Longer first. The second column is the unit as it is counted; figures in 亿元 become 万元.
_UNITS = {
    "人次": "人次", "人（次）": "人次", "户次": "户次", "场次": "场", "个百分点": "个百分点", "万元": "万元", "亿元": "万元", "课时": "课时",
    "学时": "学时", "小时": "小时", "平方米": "平方米", "户": "户", "人": "人", "名": "名", "位": "名", "场": "场", "次": "次",
    "个": "个", "家": "家", "所": "所", "支": "支", "期": "期", "份": "份", "件": "件", "辆": "辆", "对": "对", "条": "条",
    "篇": "篇", "套": "套", "项": "项", "处": "处", "例": "例", "堂": "堂", "节": "节", "批": "批", "亩": "亩", "本": "本",
    "册": "册", "台": "台", "间": "间", "元": "元", "部": "部", "幅": "幅", "封": "封", "盒": "盒", "张": "张", "组": "组",
}  # fmt: skip
_UNITS_PATTERN = "|".join(unit + (f"(?!{_NOT_AFTER[unit]})" if unit in _NOT_AFTER else "") for unit in _UNITS)
_CN_CHARACTER = "[零〇一二三四五六七八九十百千万两]"
_CN = f"(?<!{_CN_CHARACTER}){_CN_CHARACTER}{{1,12}}"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,12}}(?:\.\d{{1,6}})?|{_CN})"
_FIGURE = re.compile(
    rf"""(?<![\d.,A-Za-z第〔\[·+*×xX《])(?:(?P<percent_cn>百分之(?P<pc>{_NUMBER}))
    | (?P<sign>[≥≤><]=?\ ?)?(?P<first>{_NUMBER})(?P<scale>[百千万亿](?![元百千万]))?(?P<about1>[余多来几])?(?P<scale2>[百千万亿](?!元))?
      (?:(?P<to>[%％]?[-—–~～至到]{{1,2}})(?P<second>{_NUMBER})(?P<second_scale>[百千万](?![元百千万]))?)?
      (?P<about2>余|多|左右|以上)?\ ?
      (?P<unit>[%％‰]|/\ ?10万|{_UNITS_PATTERN}|成(?=以上|左右|的|，|。|；|$)))
    (?P<after>以上|及以上|以下|以内|之内|左右|上下|余|多(?=[，。；、]))?""",
    re.VERBOSE,
)

_BOUND_WORDS = {
    "不得少于": ("不少于", "MIN"), "不少于": ("不少于", "MIN"), "不得低于": ("不低于", "MIN"), "不低于": ("不低于", "MIN"),
    "不小于": ("不小于", "MIN"), "至少": ("至少", "MIN"), "最少": ("至少", "MIN"), "不超过": ("不超过", "MAX"),
    "不高于": ("不高于", "MAX"), "不多于": ("不多于", "MAX"), "不大于": ("不大于", "MAX"), "控制在": ("控制在", "MAX"),
    "最多": ("最多", "MAX"), "超过": ("超过", "MIN"), "突破": ("突破", "MIN"), "不下": ("不少于", "MIN"), "高于": ("高于", "MIN"),
    "低于": ("低于", "MAX"),
}  # fmt: skip
_COMMIT_WORDS = {"力争": "力争", "确保": "确保", "争取": "争取", "务必": "务必", "保证": "保证", "必须": "必须"}
_REACH_WORDS = {
    "达到": "达到", "达": "达到", "完成": "完成", "实现": "实现", "新增": "新增", "提高到": "提高到", "提升到": "提高到",
    "提升至": "提高到", "提高至": "提高到", "增加到": "提高到", "保持在": "保持在", "保持": "保持在", "稳定在": "保持在", "降到": "降到", "降至": "降到",
    "下降到": "降到",
}  # fmt: skip
_AFTER_WORDS = {
    "以上": ("以上", "MIN"), "及以上": ("以上", "MIN"), "以下": ("以下", "MAX"), "以内": ("以内", "MAX"), "之内": ("以内", "MAX"),
    "左右": ("左右", "ABOUT"), "上下": ("左右", "ABOUT"), "余": ("余", "MIN"), "多": ("余", "MIN"), "来": ("左右", "ABOUT"),
}  # fmt: skip
_SIGNS = {"≥": ("不少于", "MIN"), "≤": ("不超过", "MAX"), ">": ("超过", "MIN"), "<": ("低于", "MAX")}


def _words(table: dict[str, object] | dict[str, str] | dict[str, tuple[str, str]]) -> re.Pattern[str]:
    return re.compile(
        "|".join(word + ("(?![成标产到])" if word == "达" else "") for word in sorted(table, key=len, reverse=True))
    )


_BOUND, _COMMIT, _REACH = _words(_BOUND_WORDS), _words(_COMMIT_WORDS), _words(_REACH_WORDS)
_NEAR_ABOUT = re.compile(r"(?:近|约|大约|约为)$")
_PER = re.compile(
    r"每(?:个|所|支|名|位|对|户|家)?(?:季度|学期|半年|年度|月|周|年|天|两年|两月)"
    r"|每(?:个|所|支|名|位|对|户|家|场|期|班|次|人|村|乡镇|镇街|镇|街道|社区|乡)(?:乡镇街道|镇乡街道|乡镇|镇街|街道|社区|村（社区）|村社|村居|村|镇|学校|单位|家庭|妇女之家|执委|人)?"
    r"|人均|户均|村均|月均|分别"
)
_EACH = re.compile(
    r"各(?:(?:乡镇街道|镇乡街道|乡镇|镇街|镇|街道|村（社区）|村居|村|社区|单位|学校|级妇联)[^，。；]{0,10})?$"
)

LONGEST_SENTENCE = 400  # characters: what goes on longer is read in pieces, so that no text takes long
_CLAUSE = re.compile(r"[，；。：！？\n\t;]")
_SENTENCE = re.compile(rf"[^。；！？\n;]{{1,{LONGEST_SENTENCE}}}")
_PAST = re.compile(
    r"(?<![比较同与在])(?:去年|上年|上一年|前年|往年)(?!度?(?:同期)?(?:基础上|相比|增长|提高))|截至目前|目前|截至20\d\d年|以来，|现有|共有|下辖|总人口"
    r"|已(?:累计|经|建成|完成|培训|救助|发放|创建|开展|举办|覆盖|评选|建立|达)|累计(?:已|开展了|发放了|救助了)|同比|(?:开展|举办|救助|培训|发放|完成|建成|慰问|评选|走访)了"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_TITLES = re.compile(r"《[^《》\n]{1,60}》|〔[^〔〕\n]{1,20}〕\d*号?|“[^“”\n]{1,14}”")
_VERB = re.compile(
    r"举办|开办|开展|组织|召开|培训|建成|新建|建立|建设|创建|创办|打造|培育|培养|评选|评出|选树|选出|表彰|命名|救助|帮扶|慰问|走访|发放|赠送|送出|捐赠|资助|关爱|服务|完成|达到|"
    r"新增|发展|招募|结对|争取|办好|办成|开设|推出|制作|拍摄|编印|印发|发布|刊发|上报|报送|受理|调处|化解|办理|签订|扶持|带动|帮助|推荐|每|各|设立|配备|征集|筹集|筹措|圆梦|实现|吸纳|吸引|成立|动员|创评|寻找|推选|"
    r"认领|挖掘|宣传|播出|录制|安排|命名|装备|配置|检查|筛查|覆盖|落实|投入|至少|不少于|力争|确保|不低于|超过|增加|转移|就业|参与|参加|惠及|受益|走进|进行|做好|为"
)
_RHETORIC = re.compile(
    r"(?:实施|坚持|突出|聚焦|围绕|抓好|抓住|把握|强化|做到|推进|深化|做实|做优|做强|落实|统筹|紧扣|牢记|处理好|拓展|完善)[^，。；]{0,2}$"
)
_SCOPE = re.compile(r"(?:全区|全县|全市|全镇|我区|我县|辖区|所辖|下辖|全乡|共有|现有|其余|这|上述|前|哪|某|第)(?:的)?$")
_PLACES = re.compile(r"(?:成员单位|部门|单位|乡镇|街道|镇街|区县|村|社区|县区)")
_ROUND_CN = re.compile(r"[百千万]+$")
_CN_ONLY = re.compile(f"{_CN_CHARACTER}+$")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位$")
_VALUE_COLUMN = re.compile(r"目标|任务数|任务量|计划数|数量|指标值|数值|年度任务")
_BRACKET_UNIT = re.compile(r"[（(]([^（）()]{1,4})[)）]")
_BARE_NUMBER = re.compile(r"[≥≤><]?=? ?\d[\d,]*(?:\.\d+)?$")
_WHOLE_YEAR = frozenset({"全年", "年内"})
MAX_COLUMNS = 60
HEADING_DEADLINE = 16  # characters: a heading up to this long that names a period lends it to what stands under it


@dataclass(frozen=True, slots=True)
class Figure:
    """A target in clean text. `bound` is MIN, MAX, RANGE, ABOUT or EXACT; `day` only where the words fix one."""

    value: int | float
    value_max: int | float | None
    unit: str
    qualifier: str | None
    bound: str
    per: str | None
    deadline: Deadline | None
    start: int
    end: int


def figures(
    text: str, start: int, end: int, year: int | None, inherited: Deadline | None = None, header: tuple[str, ...] = ()
) -> list[Figure]:
    """Targets in text[start:end], the words of one item. `inherited` is the period a heading above lends to them."""
    found: list[Figure] = []
    words = text[start:end]
    dated = _Dates(deadlines(words, year))
    sentences = [(m.start(), m.end()) for m in _SENTENCE.finditer(words)]
    spoken_for = {
        at
        for first, last in [*(m.span() for m in _TITLES.finditer(words)), *((d.start, d.end) for d in dated.all)]
        for at in range(first, last)
    }
    for first, last in sentences:
        sentence = words[first:last]
        previous = first
        for match in _FIGURE.finditer(words, first, last):
            if match.start() in spoken_for:
                continue
            if "\t" not in sentence and _tells_of_the_past(_up_to_clause_end(words, first, match.end(), last), year):
                continue
            figure = _figure(words, match, previous, dated, (first, last))
            if figure is not None:
                found.append(figure)
                previous = match.end()
    found += _table_figures(words, header, found, year)
    lent = _deadline_said_apart(words, dated, sentences, found) or inherited
    return [_shift(figure, start, lent) for figure in sorted(found, key=lambda figure: figure.start)]


class _Dates:
    """The deadlines of one item, found by their place."""

    def __init__(self, found: list[Deadline]) -> None:
        self.all = found
        self._starts = [deadline.start for deadline in found]

    def between(self, start: int, end: int) -> list[Deadline]:
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


def _up_to_clause_end(words: str, first: int, at: int, last: int) -> str:
    end = _CLAUSE.search(words, at, last)
    return words[first : end.start() if end else last]


def _tells_of_the_past(sentence: str, year: int | None) -> bool:
    if _PAST.search(sentence):
        return True
    years = [int(found) for found in _YEAR.findall(sentence)]
    return bool(years) and year is not None and max(years) < year


def _figure(words: str, match: re.Match[str], previous: int, dated: _Dates, sentence: tuple[int, int]) -> Figure | None:
    clause_start = max((m.end() for m in _CLAUSE.finditer(words, previous, match.start())), default=previous)
    before = words[clause_start : match.start()]
    if match["percent_cn"]:
        value, top, unit = number(match["pc"]), None, "%"
    else:
        if not _counts_something(words, match, before):
            return None
        value, top, unit = _amount(match)
    if value is None:
        return None
    qualifier, bound = _direction(words, match, before, top)
    return Figure(
        plain(value), None if top is None else plain(top), unit, qualifier, bound, _rhythm(before), _nearest(dated, match, words, sentence),
        match.start(), match.end(),
    )  # fmt: skip


def _amount(match: re.Match[str]) -> tuple[float | None, float | None, str]:
    raw = match["unit"].replace(" ", "")
    scale = MULTIPLIERS[match["scale"] or ""] * MULTIPLIERS[match["scale2"] or ""]
    value, top = number(match["first"]), number(match["second"]) if match["second"] else None
    if value is None:
        return None, None, raw
    second_scale = MULTIPLIERS[match["second_scale"] or ""]
    if top is not None:
        top *= second_scale
        if second_scale > 1 and scale == 1 and value < second_scale:
            scale = second_scale  # 2-3万
    value *= scale
    if raw == "成":
        return value * 10, None, "%"
    if raw in ("%", "％"):
        return value, top, "%"
    if raw == "/10万":
        return value, top, "/10万"
    factor = 10_000 if raw == "亿元" else 1
    if raw == "元" and match["scale"] == "万":
        return value / 10_000, None if top is None else top / 10_000, "万元"
    return value * factor, None if top is None else top * factor, _UNITS.get(raw, raw)


def _counts_something(words: str, match: re.Match[str], before: str) -> bool:
    """Whether the number is a quantity to be reached, not a slogan, a scope or a fixed phrase."""
    first, unit = match["first"], match["unit"]
    chinese = _CN_ONLY.match(first) is not None
    following = words[match.end() : match.end() + 6]
    if unit == "成":
        return True
    if unit in ("%", "％", "‰") or unit.startswith("/"):
        return not chinese
    if match["second"] and _CN_ONLY.match(match["second"]) and not chinese:
        return False
    if following.startswith(("一", "N")) and unit in ("户", "人", "村", "个", "家", "校", "项"):
        return False
    if unit == "小时" and (first == "24" or re.match(r"内|以内|之内|热线|值守|值班|在线|服务|响应|开通", following)):
        return False
    if _SCOPE.search(before) and unit in ("个", "家", "所", "名", "项", "户", "人"):
        return False
    if unit in ("个", "家") and _PLACES.match(following) and not _VERB.search(before):
        return False
    if not chinese:
        return number(first) != 0
    about = match["about1"] or match["about2"] or match["after"]
    if _ROUND_CN.match(first):
        return bool(about) or bool(re.search(r"(?:上|近|超|过|超过|突破|不少于|至少|达|达到|共|约)$", before))
    value = number(first) or 0
    if unit in ("场", "场次", "期", "人次", "户次", "万元"):
        return True
    if _BOUND.search(before) or _COMMIT.search(before):
        return not (unit in ("个", "项") and value < 10 and _RHETORIC.search(before))
    if unit == "次" and value == 1 and not re.match(r"[^，。；、：）\n\t]", following):
        return bool(_VERB.search(before))
    if (
        unit in ("个", "项", "条", "套", "支", "批", "份", "部", "件", "家", "次", "名", "位", "人", "户", "组", "节")
        and value == 1
    ):
        return bool(_PER.search(before)) or (
            unit == "次" and bool(re.search(r"(?:开展|举办|组织|召开|进行|各)$", before))
        )
    if unit in ("个", "项", "条", "批", "组", "节", "部") and value < 10 and _RHETORIC.search(before):
        return False
    near = before[-16:]
    return (
        value >= 20
        or bool(_VERB.search(near))
        or bool(_PER.search(before))
        or "\t" in words[match.start() - 1 : match.start()]
    )


def _direction(words: str, match: re.Match[str], before: str, top: float | None) -> tuple[str | None, str]:
    after = match["after"] or match["about2"] if not match["percent_cn"] else match["after"]
    about = None if match["percent_cn"] else match["about1"]
    tail = _AFTER_WORDS.get(after or "") or _AFTER_WORDS.get(about or "")
    bound = "RANGE" if top is not None else tail[1] if tail else "EXACT"
    sign = None if match["percent_cn"] else match["sign"]
    if sign:
        return _SIGNS[sign[0]]
    said = _last(_BOUND, before)
    if said:
        return _BOUND_WORDS[said][0], bound if bound == "RANGE" else _BOUND_WORDS[said][1]
    commit = _last(_COMMIT, before)
    if commit:
        return _COMMIT_WORDS[commit], bound
    reach = _last(_REACH, before)
    if reach:
        return _REACH_WORDS[reach], bound
    if tail:
        return tail[0], bound
    near = _NEAR_ABOUT.search(before)
    return (near[0], "ABOUT") if near else (None, bound)


def _last(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.findall(text)
    return str(found[-1]) if found else None


def _rhythm(before: str) -> str | None:
    found = list(_PER.finditer(before))
    if found:
        return found[-1][0]
    each = _EACH.search(before)
    return "各" if each else None


def _nearest(dated: _Dates, match: re.Match[str], words: str, sentence: tuple[int, int]) -> Deadline | None:
    """The deadline of the clause, else the last one said before in the sentence, else the first one after.

    One after counts only if its clause has no figure of its own. Before a semicolon, 全年 and what a colon opens go on.
    """
    within = dated.between(*sentence)
    clause_start = max((m.end() for m in _CLAUSE.finditer(words, sentence[0], match.start())), default=sentence[0])
    clause_end = next((m.start() for m in _CLAUSE.finditer(words, match.end(), sentence[1])), sentence[1])
    same = [d for d in within if clause_start <= d.start < clause_end]
    ahead = [d for d in same if d.start < match.start()]
    behind = [d for d in same if d.start >= match.end()]
    if behind and re.fullmatch(r"[^（，]{0,12}（[^（）]*", words[match.end() : behind[0].start]):
        return behind[0]
    earlier = [d for d in within if d.start < match.start()]
    later = [d for d in within if d.start >= match.end() and not _has_figure(words, d, sentence[1])]
    for choice in (ahead[-1:], behind[:1], earlier[-1:], later[:1]):
        if choice:
            return choice[0]
    far = max(0, sentence[0] - LONGEST_SENTENCE)
    opening = max(words.rfind("。", far, sentence[0]), words.rfind("\n", far, sentence[0]), far - 1) + 1
    said = dated.between(opening, sentence[0])
    goes_on = said and (said[-1].words in _WHOLE_YEAR or "：" in words[said[-1].end : sentence[0]])
    return said[-1] if goes_on else None


def _has_figure(words: str, deadline: Deadline, last: int) -> bool:
    end = _CLAUSE.search(words, deadline.end, last)
    return _FIGURE.search(words, deadline.end, end.start() if end else last) is not None


def _deadline_said_apart(
    words: str, dated: _Dates, sentences: list[tuple[int, int]], found: list[Figure]
) -> Deadline | None:
    """「完成时限：10月底」 in a sentence without figures speaks for the whole item, if it is the only one."""
    starts = sorted(figure.start for figure in found)
    apart = [
        deadline
        for first, last in sentences
        if bisect_left(starts, first) == bisect_left(starts, last)
        for deadline in dated.between(first, last)
        if not _PAST.search(words, first, last)
    ]
    if len({d.day or d.words for d in apart}) != 1:
        return None
    first, last = next(span for span in sentences if span[0] <= apart[0].start < span[1])
    said = words[first:last]
    return apart[0] if re.search(r"时限|时间|期限|完成|前", said) and len(said) <= 40 else None


def _table_figures(words: str, header: tuple[str, ...], found: list[Figure], year: int | None) -> list[Figure]:
    """A bare number in a column of targets, its unit in the column's name or in a column of units."""
    if len(header) < 2 or "\t" not in words:
        return []
    cells: list[tuple[int, str]] = []
    at = 0
    for cell in words.split("\t"):
        cells.append((at, cell))
        at += len(cell) + 1
    if len(cells) > MAX_COLUMNS:
        return []
    names = header[-len(cells) :]
    unit_cell = next(
        (
            cell.strip()
            for name, (_, cell) in zip(names, cells, strict=False)
            if (_UNIT_COLUMN.search(name) and cell.strip() in _UNITS) or (name == "单位" and cell.strip() == "%")
        ),
        None,
    )
    dated = next(
        (
            d
            for name, (place, cell) in zip(names, cells, strict=False)
            if re.search("时限|时间|期限|进度", name)
            for d in deadlines(cell, year)
        ),
        None,
    )
    result: list[Figure] = []
    for name, (place, cell) in zip(names, cells, strict=False):
        named = _BRACKET_UNIT.search(name)
        unit = named[1] if named and (named[1] in _UNITS or named[1] == "%") else unit_cell
        if not (_VALUE_COLUMN.search(name) and unit and _BARE_NUMBER.match(cell.strip())):
            continue
        digits = re.search(r"\d[\d,]*(?:\.\d+)?", cell)
        assert digits
        sign = _SIGNS.get(cell.strip()[0])
        start = place + digits.start()
        if any(f.start <= start < f.end for f in found):
            continue
        result.append(
            Figure(
                plain(float(digits[0].replace(",", ""))), None, _UNITS.get(unit, unit), sign[0] if sign else None,
                sign[1] if sign else "EXACT", None, dated, start, place + digits.end(),
            )
        )  # fmt: skip
    return result


def _shift(figure: Figure, offset: int, lent: Deadline | None) -> Figure:
    own = figure.deadline
    placed = Deadline(own.start + offset, own.end + offset, own.words, own.day) if own else lent
    return Figure(
        figure.value, figure.value_max, figure.unit, figure.qualifier, figure.bound, figure.per, placed,
        figure.start + offset, figure.end + offset,
    )  # fmt: skip


def heading_period(title: str, year: int | None) -> Deadline | None:
    """The period a short heading names (第一季度工作安排), which what stands under it inherits."""
    if len(title) > HEADING_DEADLINE:
        return None
    found = deadlines(title, year)
    return found[0] if len(found) == 1 else None
