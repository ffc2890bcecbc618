"""What is said when a pair is judged."""

from __future__ import annotations

from typing import Any

from django import forms


class ReasonForm(forms.Form):
    """Why she judges so."""

    reason = forms.CharField(label="理由", max_length=200)

    def __init__(self, verdict: str, data: Any = None, label: str = "理由") -> None:
        super().__init__(data, auto_id=f"{verdict}-%s")
        self.verdict = verdict
        self.fields["reason"].label = label
        self.fields["reason"].widget.attrs |= {"list": f"words-{verdict}", "autocomplete": "off"}


class MergeForm(ReasonForm):
    """Which of the two entries the person goes on under, and why."""

    keep = forms.ChoiceField(label="保留哪一条登记的写法", widget=forms.RadioSelect)
    field_order = ("keep", "reason")

    def __init__(self, choices: list[tuple[int, str]], data: Any = None) -> None:
        super().__init__("merge", data)
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]
