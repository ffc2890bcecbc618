"""The village proposes, the town chooses within its parcels, the district approves, the village board says so, it is handed
over against a signature, and a reply card comes back. Who refuses, moved away or cannot be reached frees the parcel."""

from niangjia.access.verbs import Verb
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import State
from niangjia.programmes import stations
from niangjia.programmes.catalogue.mothers_parcel.sheet import DELIVERY, REPLY
from niangjia.programmes.definition import Act, Effect
from niangjia.programmes.shapes import goods
from niangjia.programmes.stations import VILLAGE

EXCEPTIONS = (("REFUSED", "本人谢绝"), ("MOVED", "已搬离"), ("UNREACHABLE", "联系不上"), ("OTHER", "其他（请写明）"))

WORKFLOW, ACTS = stations.join(
    stations.filing("VERIFIED", residents=False),
    stations.town("REVIEWED", back="RETURNED", say="列入本镇街名单", within_quota=True),
    stations.district("APPROVED", say="同意发放"),
    stations.notice("GRANTED", at="APPROVED", level=VILLAGE, label="待村级公示"),
    stations.Piece((State("GRANTED", "待发放", StateKind.GRANTED, VILLAGE, 15),)),
    stations.step(
        "deliver", "登记发放", "GRANTED", State("DELIVERED", "已发放，待回音卡", StateKind.GRANTED, VILLAGE, 60, "已发放"),
        Verb.CASE_FOLLOW_UP, act=Act(sheet=DELIVERY, effects=(Effect.DELIVER,), day="delivered_on", run=goods.hand_out_one),
    ),
    stations.step(
        "reply", "登记回音卡", "DELIVERED", State("REPLIED", "已回音，办结", StateKind.CLOSED), Verb.CASE_FOLLOW_UP,
        act=Act(sheet=REPLY),
    ),
    stations.step(
        "not_delivered", "没有发成", "GRANTED", State("NOT_DELIVERED", "未发放，改发他人", StateKind.CLOSED),
        Verb.CASE_FOLLOW_UP, act=Act(effects=(Effect.CANCEL,)), negative=True, reasons=EXCEPTIONS, aside=True,
    ),
    stations.withdrawal("VERIFIED", "RETURNED", "REVIEWED", "APPROVED", "GRANTED", residents=False),
)  # fmt: skip
