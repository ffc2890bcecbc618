"""A base applies, is recognised, and is looked at again each year; one that no longer is what it was is struck off."""

from niangjia.access.verbs import Verb
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import State
from niangjia.programmes import stations
from niangjia.programmes.catalogue.womens_base.sheet import REVIEW
from niangjia.programmes.definition import Act, Effect
from niangjia.programmes.stations import TOWN

WORKFLOW, ACTS = stations.join(
    stations.filing("SUBMITTED"),
    stations.village("VERIFIED"),
    stations.town("REVIEWED"),
    stations.district(
        "RUNNING", say="认定为妇字号基地", act=Act(effects=(Effect.APPROVE, Effect.GRANT, Effect.DELIVER))
    ),
    stations.Piece((State("RUNNING", "已认定，待年度复核", StateKind.GRANTED, TOWN, 250, "已认定"),)),
    stations.step("review_year", "登记年度复核", "RUNNING", "RUNNING", Verb.CASE_REVIEW, TOWN, act=Act(sheet=REVIEW)),
    stations.revocation("RUNNING", label="取消认定"),
    stations.withdrawal("SUBMITTED", "RETURNED", "VERIFIED", "REVIEWED"),
)
