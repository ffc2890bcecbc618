"""Named writes of training."""

from niangjia.training.actions.courses import (
    Lesson,
    add_paper,
    approve,
    begin_exam,
    cancel,
    change_course,
    close,
    open_enrolment,
    plan_course,
    remove_paper,
    save_project,
    save_standard,
    set_timetable,
    start,
)
from niangjia.training.actions.enrolments import (
    Row,
    SignUp,
    accept,
    accept_all,
    drop,
    enrol,
    enrol_list,
    hide_name,
    move_open,
    prove,
    refuse,
    reveal_phone,
    told,
    withdraw,
)
from niangjia.training.actions.results import (
    Score,
    audit,
    certify,
    claim,
    follow_up,
    note_calls_export,
    note_export,
    rate,
    save_scores,
    take_certificate_back,
    take_claim_back,
)

__all__ = [
    "Lesson", "Row", "Score", "SignUp", "accept", "accept_all", "add_paper",
    "approve", "audit", "begin_exam", "cancel", "certify", "change_course", "claim", "close", "drop", "enrol",
    "enrol_list", "follow_up", "hide_name", "move_open", "note_calls_export", "note_export", "open_enrolment", "plan_course", "prove", "rate", "refuse", "remove_paper",
    "reveal_phone", "save_project", "save_scores", "save_standard", "set_timetable", "start", "take_certificate_back",
    "take_claim_back", "told", "withdraw",
]  # fmt: skip
