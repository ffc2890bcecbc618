"""Reading an annual plan from its text: rules and dictionaries, no model, no network, no database."""

from niangjia.plans.reader.matching import match_items
from niangjia.plans.reader.reading import (
    Item,
    Masked,
    PlanReading,
    Span,
    Suggestion,
    Target,
    Unplaced,
    read_plan,
    read_plan_file,
)
from niangjia.plans.reader.sources import PlanFileError
from niangjia.plans.reader.suggest import labels as programme_labels

__all__ = [
    "Item",
    "Masked",
    "PlanFileError",
    "PlanReading",
    "Span",
    "Suggestion",
    "Target",
    "Unplaced",
    "match_items",
    "programme_labels",
    "read_plan",
    "read_plan_file",
]
