"""Named writes of the line."""

from niangjia.helpline.actions.answers import publish_answer, withdraw_answer, write_answer
from niangjia.helpline.actions.by_code import NO_SUCH, rate, say, take_back
from niangjia.helpline.actions.common import LONGEST, LONGEST_ENVELOPE
from niangjia.helpline.actions.duty import keep_key, pass_on, set_duty, set_terms
from niangjia.helpline.actions.handling import (
    accept,
    advise,
    assign,
    begin,
    close,
    extend,
    follow_up,
    note_step,
    open_matter,
    open_sealed,
    release,
    reopen,
    reply,
    reseal,
    set_aside,
    triage,
)
from niangjia.helpline.actions.intake import ALERT, Entry, Heard, Received, hear, receive
from niangjia.helpline.actions.mediation import complete_mediation, end_mediation, mediate
from niangjia.helpline.actions.referrals import answer_referral, open_letter, refer

__all__ = [
    "ALERT", "LONGEST", "LONGEST_ENVELOPE", "NO_SUCH", "Entry", "Heard", "Received", "accept", "advise", "answer_referral", "assign",
    "begin", "close", "complete_mediation", "end_mediation", "extend", "follow_up", "hear", "keep_key", "mediate", "note_step",
    "open_letter", "open_matter", "open_sealed", "pass_on", "publish_answer", "rate", "receive", "refer", "release", "reopen", "reply", "reseal", "say",
    "set_aside", "set_duty", "set_terms", "take_back", "triage", "withdraw_answer", "write_answer",
]  # fmt: skip
