"""A link runs as long as it does good: visited as often as one likes, no count is compulsory, and ended with its result."""

from niangjia.access.verbs import Verb
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import State
from niangjia.programmes import stations
from niangjia.programmes.catalogue.household_link.sheet import ENDED, VISIT
from niangjia.programmes.definition import Act, Effect
from niangjia.programmes.shapes import visits

WORKFLOW, ACTS = stations.join(
    stations.filing("LINKED", residents=False),
    stations.Piece((State("LINKED", "联系中", StateKind.GRANTED),)),
    stations.step(
        "visit", "登记走访", "LINKED", "LINKED", Verb.CASE_FOLLOW_UP, act=Act(sheet=VISIT, effects=(Effect.VISIT,), run=visits.raise_what_was_heard)
    ),
    stations.step("give_back", "退回修改", "LINKED", "RETURNED", Verb.CASE_REVIEW, negative=True, reasons=stations.RETURN_REASONS, aside=True),
    stations.step(
        "end_link", "结束联系", "LINKED", State("ENDED", "已结束", StateKind.CLOSED), Verb.CASE_FOLLOW_UP, act=Act(sheet=ENDED), aside=True
    ),
    stations.withdrawal("LINKED", "RETURNED", residents=False),
)  # fmt: skip
