"""Named writes of family education. What a unit has done is never written: it follows from sessions that were held."""

from niangjia.family_education.actions.activities import (
    Entry,
    change_activity,
    join_entries,
    keep_apart,
    may_change,
    part_entries,
    record_activity,
    strike_activity,
)
from niangjia.family_education.actions.duties import (
    end_exemption,
    exempt,
    keep_meeting,
    note_export,
    remind,
    show_paper,
    withdraw_paper,
)
from niangjia.family_education.actions.lecturers import (
    end_code,
    give_code,
    keep_course,
    keep_lecturer,
    reveal_phone,
)
from niangjia.family_education.actions.orders import (
    Wanted,
    answer_with_code,
    cancel_order,
    hold_order,
    match,
    may_settle,
    note_answer,
    order_lecture,
    rate_order,
)
from niangjia.family_education.actions.schools import SchoolRow, keep_school, plan_term, take_schools
from niangjia.family_education.actions.settings import keep_duty, keep_venue_kind, set_education_day, set_semester

__all__ = [
    "Entry", "SchoolRow", "Wanted", "answer_with_code", "cancel_order", "change_activity", "end_code", "end_exemption",
    "exempt", "give_code", "hold_order", "join_entries", "keep_apart", "keep_course", "keep_duty", "keep_lecturer",
    "keep_meeting", "keep_school", "keep_venue_kind", "match", "may_change", "may_settle", "note_answer", "note_export",
    "order_lecture", "part_entries", "plan_term", "rate_order", "record_activity", "remind", "reveal_phone",
    "set_education_day", "set_semester", "show_paper", "strike_activity", "take_schools", "withdraw_paper",
]  # fmt: skip
