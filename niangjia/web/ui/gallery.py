"""The gallery: every component in every example of its declaration, with the line a page writes to get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Engine
from django.utils.safestring import SafeString

from niangjia.web.ui.tags import Component, Example, all_components, component

GROUPS = ("基础", "状态", "结构", "提示", "表单", "数据")
SENTENCE = "全年组织农村留守妇女就业技能培训不少于12期，培训1200人次，力争6月底前完成走访慰问300户。"
TOKENS = (
    ("梅", ("plum-900", "plum-800", "plum-700", "plum-600", "plum-300", "plum-200", "plum-100", "plum-50")),
    ("纸与墨", ("paper", "sand-50", "sand-100", "sand-200", "sand-300", "edge", "ink-3", "ink-2", "ink")),
    ("语气", ("ok", "ok-bg", "due", "due-bg", "warn", "warn-bg", "bad", "bad-bg", "tea", "tea-bg")),
)


class SampleForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=30, help_text="与身份证一致；少数民族姓名中的点写作“·”")
    id_number = forms.CharField(label="身份证号", help_text="18 位，末位可能是 X")
    phone = forms.CharField(label="手机号")
    category = forms.ChoiceField(
        label="低收入类别", choices=[("", "请选择"), ("a", "低保对象"), ("b", "特困人员"), ("c", "防返贫监测对象")]
    )
    source = forms.ChoiceField(
        label="怎样发现的", widget=forms.RadioSelect, choices=[("s", "参加两癌免费检查"), ("c", "自己到医院看病")]
    )
    answer = forms.ChoiceField(
        label="核查结果", widget=forms.RadioSelect, choices=[("y", "属实"), ("n", "不属实"), ("r", "说明情况")]
    )
    diagnosed_on = forms.DateField(
        label="确诊日期", widget=forms.DateInput(attrs={"type": "date"}), help_text="年-月-日，例如 2026-03-08"
    )
    amount = forms.DecimalField(label="自付费用", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    note = forms.CharField(label="主要困难", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    consent = forms.BooleanField(label="我同意将以上信息用于本次救助审核", help_text="不同意不影响您当面申请")


def _spans(*marks: tuple[str, str, str]) -> list[tuple[int, int, str, str]]:
    found = [(SENTENCE.index(words), words, tone, label) for words, tone, label in marks]
    return [(start, start + len(words), tone, label) for start, words, tone, label in found]


def sample_context() -> dict[str, Any]:
    """What the examples' expressions (values that begin with ``=``) may name."""
    bad = SampleForm({"bad-id_number": "500102198003150012"}, prefix="bad")
    bad.add_error("id_number", "末位校验码不符，请对照身份证核对第 18 位")
    for name in bad.fields:
        if name not in ("id_number", "consent"):
            bad.errors.pop(name, None)
    return {
        "form": SampleForm(),
        "bad_form": bad,
        "query": QueryDict("town=500102006000&sort=-submitted&page=3"),
        "page": Paginator(range(100_000), 50).page(3),
        "moment": datetime(2026, 11, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        "sentence": SENTENCE,
        "spans": _spans(
            ("不少于12期", "plum", "目标：12 期"), ("1200人次", "ok", "目标：1200 人次"), ("6月底前", "warn", "期限")
        ),
    }


def _argument(value: Any) -> str:
    if isinstance(value, str) and value.startswith("="):
        return value[1:]
    if isinstance(value, str):
        quote = "'" if '"' in value else '"'
        return f"{quote}{value}{quote}"
    return str(value)


def source_of(declared: Component, example: Example) -> str:
    """The template text that gives this example."""
    arguments = "".join(f" {name}={_argument(value)}" for name, value in example.props.items())
    if not example.slots:
        return f'{{% uic "{declared.name}"{arguments} %}}'
    content = "".join(
        text if name == "default" else f'{{% slot "{name}" %}}{text}{{% endslot %}}'
        for name, text in example.slots.items()
    )
    return f'{{% ui "{declared.name}"{arguments} %}}{content}{{% endui %}}'


def render_source(source: str, context: Mapping[str, Any]) -> SafeString:
    """The HTML of a piece of template, with the engine pages use."""
    return Engine.get_default().from_string(source).render(Context(dict(context)))


@dataclass(frozen=True, slots=True)
class Specimen:
    title: str
    source: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Entry:
    declared: Component
    specimens: tuple[Specimen, ...]


def entry(name: str, context: Mapping[str, Any]) -> Entry:
    """A component and its rendered examples."""
    declared = component(name)
    specimens = []
    for example in declared.examples:
        source = source_of(declared, example)
        specimens.append(Specimen(example.title, source, render_source(declared.wrap.replace("@", source), context)))
    return Entry(declared, tuple(specimens))


def entries() -> list[tuple[str, list[Entry]]]:
    """Every component by group."""
    context = sample_context()
    shown = [entry(declared.name, context) for declared in all_components()]
    return [(group, [one for one in shown if one.declared.group == group]) for group in GROUPS]


def reference() -> str:
    """The list of components as Markdown, as the README of this folder carries it below its last rule."""
    lines = []
    for group in GROUPS:
        lines.append(f"### {group}\n")
        for declared in all_components():
            if declared.group == group:
                lines.append(_reference_of(declared))
    return "\n".join(lines)


def _reference_of(declared: Component) -> str:
    notes = [f"**`{declared.name}`** {declared.about}。"]
    if declared.slots:
        notes.append("槽：" + "、".join(f"`{name}`" for name in declared.slots) + "。")
    if declared.attrs:
        notes.append("可带 `id`、`hx-*`、`data-*`、`aria-*`。")
    lines = ["".join(notes)]
    for prop in declared.prop_list:
        takes = " · ".join(prop.choices) if prop.choices and prop.kind != "icon" else prop.kind
        given = "必需" if prop.required else "可不给" if prop.default in (None, "") else f"默认 {prop.default}"
        lines.append(f"- `{prop.name}`：{takes}；{given}" + (f"；{prop.help}" if prop.help else ""))
    lines.append(f"\n```django\n{source_of(declared, declared.examples[0])}\n```\n")
    return "\n".join(lines)
