"""What a form's field may be, where that is known only when the page is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from niangjia.core import codes
from niangjia.core.codes import Level
from niangjia.org import queries as org


def choose(form: forms.Form, name: str, choices: Sequence[tuple[Any, str]]) -> None:
    """Give a field its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def place_choices(place: str) -> list[tuple[str, Any]]:
    """Where somebody can be who is spoken of: one's own village, the villages of one's town, all by town for the district."""
    match codes.level_of(place):
        case Level.VILLAGE:
            return [(place, org.place_name(place))]
        case Level.TOWN:
            return [
                (place, org.place_name(place)),
                *[(d.code, d.short_name) for d in org.divisions_within(place, Level.VILLAGE)],
            ]
        case Level.DISTRICT:
            return [("", "请选择"), *org.village_choices(place)]
