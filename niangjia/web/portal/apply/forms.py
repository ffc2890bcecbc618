"""Before the sheet begins: for whom, who fills in, and where she is registered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from niangjia.core import identity
from niangjia.programmes.definition import Forward

SELF, OTHER, NOMINATE = "self", "other", "nominate"


class BeginForm(forms.Form):
    """A resident's start. Helping another woman needs a name and how the helper stands to her."""

    who = forms.ChoiceField(
        label="替谁申请",
        choices=[(SELF, "替我自己"), (OTHER, "替别人填（家人、邻居）")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择替谁申请。"},
    )
    helper = forms.CharField(label="您的姓名（代填人）", max_length=30, required=False)
    relation = forms.CharField(
        label="您和申请人的关系", max_length=12, required=False, help_text="例如：女儿、儿媳、邻居。"
    )
    place = forms.ChoiceField(
        label="申请人户籍在哪个村（社区）",
        help_text="按户口簿上的户籍地选。",
        error_messages={"required": "请选择户籍所在的村（社区）。", "invalid_choice": "请从列表中选择村（社区）。"},
    )

    nominator = forms.CharField(
        label="您的姓名（推荐人）", max_length=30, required=False, help_text="只给经办人看，不公开。"
    )

    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, Any]],
        asks_who: bool = True,
        forward: frozenset[Forward] = frozenset({Forward.SELF}),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = [("", "请选择"), *places]
        if not asks_who:
            for name in ("who", "helper", "relation", "nominator"):
                del self.fields[name]
            return
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        own = [(SELF, "替我自己"), (OTHER, "替别人填（家人、邻居）")] if Forward.SELF in forward else []
        who.choices = own + ([(NOMINATE, "推荐别人")] if Forward.OTHER in forward else [])
        if Forward.OTHER not in forward:
            del self.fields["nominator"]

    def clean_helper(self) -> str:
        return self._if_other("helper", "请填写您的姓名。", identity.parse_name)

    def clean_relation(self) -> str:
        return self._if_other("relation", "请填写您和申请人的关系。", str)

    def _if_other(self, name: str, missing: str, parse: Any, who: str = OTHER) -> str:
        value = str(self.cleaned_data.get(name, "")).strip()
        if self.cleaned_data.get("who") != who:
            return ""
        if not value:
            raise ValidationError(missing)
        try:
            return str(parse(value))
        except identity.IdentityError as error:
            raise ValidationError(str(error)) from error

    def clean_nominator(self) -> str:
        return self._if_other("nominator", "请填写您的姓名。", identity.parse_name, NOMINATE)

    def mark_required(self) -> None:
        """After checking: the helper's fields, where they apply, are not optional."""
        for field in self.fields.values():
            field.required = True

    @property
    def signature(self) -> str:
        """How the record names who helps; empty when she fills in for herself."""
        if self.cleaned_data.get("nominator"):
            return "推荐人"
        if not self.cleaned_data.get("helper"):
            return ""
        return f"{self.cleaned_data['helper']}（申请人的{self.cleaned_data['relation']}）"
