"""A village proposes, the town chooses within its quota, the district confirms; then somebody goes there."""

from niangjia.access.verbs import Verb
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import State
from niangjia.programmes import stations
from niangjia.programmes.definition import Act, Effect
from niangjia.programmes.shapes import visits
from niangjia.programmes.stations import VILLAGE

NOT_MET = (("AWAY", "外出未遇"), ("MOVED", "已搬离"), ("REFUSED", "本人谢绝"), ("OTHER", "其他（请写明）"))

WORKFLOW, ACTS = stations.join(
    stations.filing("VERIFIED", residents=False),
    stations.town("REVIEWED", back="RETURNED", say="列入本镇街慰问名单", within_quota=True),
    stations.district(
        "SCHEDULED", label="待区级确认", say="确认慰问名单", act=Act(effects=(Effect.APPROVE, Effect.GRANT))
    ),
    stations.step(
        "visit",
        "登记走访",
        "SCHEDULED",
        State("VISITED", "已走访", StateKind.CLOSED),
        Verb.CASE_FOLLOW_UP,
        act=Act(
            sheet=stations.visit_sheet(visits.DANGER, goods=True),
            effects=(Effect.DELIVER, Effect.VISIT),
            day="visited_on",
            run=visits.raise_what_was_heard,
        ),
    ),
    stations.step(
        "not_met",
        "没有走访成",
        "SCHEDULED",
        State("NOT_MET", "未走访", StateKind.CLOSED),
        Verb.CASE_FOLLOW_UP,
        act=Act(effects=(Effect.CANCEL,)),
        negative=True,
        reasons=NOT_MET,
        aside=True,
    ),
    stations.withdrawal("VERIFIED", "RETURNED", "REVIEWED", "SCHEDULED", residents=False),
    stations.Piece((State("SCHEDULED", "待走访", StateKind.GRANTED, VILLAGE, 10),)),
)
