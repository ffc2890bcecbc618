"""The forms of steps. Each knows the step it stands for and the revision the officer saw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from niangjia.access.acting import Acting
from niangjia.core import clock, identity
from niangjia.core.codes import district_of
from niangjia.files import actions as files
from niangjia.files.kinds import FileError, FileKind
from niangjia.files.models import StoredFile
from niangjia.flow.machine import Transition
from niangjia.intake.build import build_field, plain
from niangjia.intake.sheet import AttachmentKind, Field, Kind
from niangjia.org import queries as org
from niangjia.programmes import queries, registry
from niangjia.programmes.actions import cases
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.models import Attachment, Case

PAPER_KINDS = frozenset({FileKind.IMAGE, FileKind.PDF})
WORDLESS = frozenset({"ask", "recall"})  # steps that say all there is to say
REASONS = ("核对原件和户籍", "电话联系本人", "核对部门答复", "处理银行退回", "处理异议或信访")


def parsed(parse: Callable[[str], str]) -> Callable[[str], None]:
    """A validator out of one of the house's parsers."""

    def validate(value: str) -> None:
        try:
            parse(value)
        except identity.IdentityError as error:
            raise ValidationError(str(error)) from error

    return validate


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": clock.today().isoformat()}),
        error_messages={"invalid": "日期请按“2026-03-08”的格式填写。"},
        **kwargs,
    )


class StepForm(forms.Form):
    """A step that needs a reason when it takes something away, and a note at most."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label="原因", widget=forms.RadioSelect, error_messages={"required": "请选择原因。"})
    note = forms.CharField(
        label="说明", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}), empty_value=""
    )
    transition: Transition
    case: Case
    asked: tuple[Field, ...] = ()
    papers: tuple[AttachmentKind, ...] = ()

    def __init__(self, transition: Transition, case: Case, data: Any = None, sent: Any = None) -> None:
        prefix = transition.key
        super().__init__(data, sent, prefix=prefix, initial={"revision": case.revision}, auto_id=f"{prefix}-%s")
        self.transition = transition
        self.case = case
        reason = self.fields.get("reason")
        if isinstance(reason, forms.ChoiceField):
            if transition.negative:
                reason.choices = list(transition.reasons)
            else:
                del self.fields["reason"]
        if transition.key in WORDLESS:
            del self.fields["note"]
        self.shape()

    def shape(self) -> None:
        """Adjust the fields to the case."""
        sheet = queries.version_of(self.case).act(self.transition.key).sheet
        self.asked = tuple(sheet) if sheet else ()
        self.papers = sheet.attachments if sheet else ()
        for field in self.asked:
            self.fields[field.key] = built = build_field(
                field, lambda: org.village_choices(district_of(self.case.place))
            )
            if field.kind is Kind.DATE and field.required:
                built.initial = clock.today()
            elif field.kind is Kind.CHOICE and field.required:
                built.initial = field.choices[0][0]
        for paper in self.papers:
            self.fields[paper.key] = forms.FileField(
                label=paper.label, required=paper.required, help_text=paper.help or "可不传。",
                widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
            )  # fmt: skip
        if self.asked and not self.transition.negative and "note" in self.fields:
            del self.fields["note"]

    def clean(self) -> dict[str, Any]:
        """What applies and is required must be there; what does not apply is dropped."""
        data = super().clean() or {}
        for field in self.asked:
            if field.key in self.errors:
                continue
            if not field.is_shown(data):
                data[field.key] = None
            elif field.required and data.get(field.key) in (None, "", []):
                self.add_error(field.key, f"请填写“{field.label}”。")
        return data

    def _files(self, by: Acting) -> list[tuple[str, StoredFile]]:
        """The uploads, kept. Raises FileError."""
        return [
            (paper.key, files.store(
                name=upload.name, data=upload.read(), purpose="case", place=self.case.place, by=by, kinds=PAPER_KINDS,
            ))
            for paper in self.papers
            if (upload := self.cleaned_data.get(paper.key))
        ]  # fmt: skip

    def take(self, by: Acting) -> Case:
        """Take the step. Raises Refused and Changed."""
        data = self.cleaned_data
        given = {field.key: plain(data[field.key]) for field in self.asked if data.get(field.key) not in (None, "", [])}
        with transaction.atomic():
            return self._step(by, data, given)

    def _step(self, by: Acting, data: dict[str, Any], given: dict[str, Any]) -> Case:
        try:
            papers = self._files(by)
        except FileError as error:
            raise Refused(str(error)) from error
        return cases.step(
            answers=given,
            files=papers,
            case_id=self.case.pk,
            key=self.transition.key,
            by=by,
            revision=data["revision"],
            reason=data.get("reason", ""),
            note=data.get("note", ""),
        )

    def blame(self, refused: Refused) -> None:
        """Put the messages where they belong."""
        here = {key: text for key, text in refused.fields.items() if key in self.fields}
        for key, text in here.items():
            self.add_error(key, text)
        if not here:
            self.add_error(None, "；".join([str(refused), *refused.fields.values()]))


class VerifyForm(StepForm):
    """Originals compared one by one, and the village's opinion."""

    seen = forms.MultipleChoiceField(
        label="已与原件核对",
        widget=forms.CheckboxSelectMultiple,
        choices=[],
        error_messages={"required": "请逐一与原件核对后勾选。"},
    )
    field_order = ["revision", "seen", "note"]

    def shape(self) -> None:
        note, seen = self.fields["note"], self.fields["seen"]
        note.label, note.required = "村（社区）意见", True
        note.error_messages["required"] = "请填写村（社区）意见。"
        note.initial = "已入户核实，情况属实，同意上报。"
        papers: list[Attachment] = [paper for paper in self.case.attachments.all() if not paper.seen_original_by]
        labels = dict(kind_labels(self.case))
        assert isinstance(seen, forms.MultipleChoiceField)
        seen.choices = [(str(paper.pk), labels.get(paper.kind, paper.kind)) for paper in papers]
        if not papers:
            del self.fields["seen"]

    def take(self, by: Acting) -> Case:
        data = self.cleaned_data
        return cases.verify(
            case_id=self.case.pk,
            by=by,
            revision=data["revision"],
            seen=[int(pk) for pk in data.get("seen", [])],
            opinion=data["note"],
        )


class AccountForm(StepForm):
    """A new account after the bank sent the money back."""

    card_holder = forms.CharField(label="户名", max_length=40, validators=[parsed(identity.parse_name)])
    bank = forms.CharField(label="开户银行", max_length=40, help_text="写到支行。")
    card = forms.CharField(
        label="银行卡号",
        max_length=30,
        validators=[parsed(identity.parse_card)],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def shape(self) -> None:
        self.fields["card_holder"].initial = self.case.name
        del self.fields["note"]

    def take(self, by: Acting) -> Case:
        data = self.cleaned_data
        return cases.correct_account(
            case_id=self.case.pk,
            by=by,
            revision=data["revision"],
            holder=identity.parse_name(data["card_holder"]),
            bank=data["bank"],
            card=identity.parse_card(data["card"]),
        )


class DeathForm(StepForm):
    """The day she died; the case ends, the money stays."""

    died_on = day_field("去世日期")
    field_order = ["revision", "died_on", "note"]

    def take(self, by: Acting) -> Case:
        data = self.cleaned_data
        return cases.record_death(
            case_id=self.case.pk, by=by, revision=data["revision"], died_on=data["died_on"], note=data["note"]
        )


FORMS: dict[str, type[StepForm]] = {
    "": StepForm,
    "verify": VerifyForm,
    "account": AccountForm,
    "death": DeathForm,
}


def kind_labels(case: Case) -> list[tuple[str, str]]:
    return [(kind.key, kind.label) for kind in queries.version_of(case).sheet.attachments]


def form_of(transition: Transition, case: Case, data: Any = None, sent: Any = None) -> StepForm:
    """The form of a step on a case; ``sent`` are the uploads."""
    return FORMS[transition.form](transition, case, data, sent)


class WhyForm(forms.Form):
    """Why something that is kept back is to be shown or taken out; the trail keeps it."""

    why = forms.CharField(
        label="查看原因",
        min_length=4,
        max_length=100,
        help_text="写明办理什么事。原因、时间和您的姓名会留痕。",
        widget=forms.TextInput(attrs={"list": "why-list", "autocomplete": "off"}),
        error_messages={"required": "请写明原因。", "min_length": "请写明原因（至少4个字）。"},
    )


class ExportForm(WhyForm):
    clear = forms.BooleanField(label="包含完整身份证号和电话", required=False)

    def __init__(self, *args: Any, may_reveal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].label = "导出原因"
        if not may_reveal:
            del self.fields["clear"]


class HistoryForm(forms.Form):
    """The ledger of earlier years, and where it comes from."""

    programme = forms.ChoiceField(label="项目", choices=lambda: [(p.key, p.name) for p in registry.with_history()])
    source = forms.CharField(
        label="资料来源", max_length=80, help_text="例如：2011—2020年救助花名册。表中各行另写了来源的，以各行为准。"
    )
    file = forms.FileField(
        label="Excel 文件",
        help_text="用下载的模板填写，.xlsx 格式。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(registry.with_history()) == 1:
            self.fields["programme"].widget = forms.HiddenInput()
            self.fields["programme"].initial = registry.with_history()[0].key


class RollForm(forms.Form):
    """A table of people put forward, and that they signed the papers it comes from."""

    file = forms.FileField(
        label="Excel 文件",
        help_text="与导出的表同样的格式，.xlsx。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
    signed = forms.BooleanField(
        label="表中各人已在纸质材料上签名同意", error_messages={"required": "请先取得本人签名同意，再勾选。"}
    )
