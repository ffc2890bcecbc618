"""The way of a recommendation: she applies, the town reviews and recommends, the district checks with 人社, the bank decides.

What the bank decided is recorded, nothing is decided here. Deadlines are working days [K].
"""

from niangjia.access.verbs import Verb
from niangjia.core.codes import Level
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import State
from niangjia.intake.sheet import Field, Kind, Sensitivity
from niangjia.programmes import stations
from niangjia.programmes.catalogue.startup_loan.sheet import OUTCOME
from niangjia.programmes.definition import Act, Effect

DECLINED = (
    ("CREDIT", "银行审查未通过"),
    ("GUARANTEE", "没有合格担保"),
    ("GAVE_UP", "本人放弃"),
    ("OTHER", "其他（请写明）"),
)

WORKFLOW, ACTS = stations.join(
    stations.filing("TOWN_REVIEW"),
    stations.step(
        "review", "初审通过，推荐到区妇联", "TOWN_REVIEW", "REVIEWED", Verb.CASE_REVIEW, Level.TOWN
    ),
    stations.Piece((State("TOWN_REVIEW", "待镇街初审", StateKind.REVIEW, Level.TOWN, 5),)),
    stations.step(
        "return_to_applicant", "退回补正", "TOWN_REVIEW", "RETURNED", Verb.CASE_REVIEW, Level.TOWN,
        negative=True, reasons=stations.RETURN_REASONS,
    ),
    stations.district(
        "RECOMMENDED", back="TOWN_REVIEW", say="列入推荐名单",
        act=Act(effects=(Effect.APPROVE, Effect.GRANT)),
    ),
    stations.asking(),
    stations.step(
        "outcome", "登记银行结果", "RECOMMENDED", State("LENT", "已放款", StateKind.GRANTED, Level.TOWN, 120),
        Verb.CASE_FOLLOW_UP, None, Act(sheet=OUTCOME, effects=(Effect.DELIVER,), amount="approved_amount", day="approved_on"),
    ),
    stations.Piece((State("RECOMMENDED", "已推荐待银行", StateKind.GRANTED, Level.TOWN, 60, "已推荐给银行"),)),
    stations.step(
        "declined", "银行没有放款", "RECOMMENDED", State("DECLINED", "没有放款", StateKind.CLOSED),
        Verb.CASE_FOLLOW_UP, None, Act(effects=(Effect.CANCEL,)), negative=True, reasons=DECLINED,
    ),
    stations.step(
        "follow_up", "登记回访", "LENT", State("FOLLOWED_UP", "已回访办结", StateKind.CLOSED), Verb.CASE_FOLLOW_UP, None,
        Act(
            sheet=stations.visit_sheet(
                Field(
                    "going", "经营情况", Kind.CHOICE, Sensitivity.PLAIN,
                    choices=(("WELL", "正常"), ("HARD", "有困难"), ("STOPPED", "已停业")),
                ),
                Field("repaying", "还款是否正常", Kind.YESNO, Sensitivity.PLAIN),
                money=False,
            ),
            effects=(Effect.VISIT,),
        ),
    ),
    stations.withdrawal("TOWN_REVIEW", "RETURNED", "REVIEWED", "CHECKING", "RECOMMENDED"),
    stops={"DRAFT": 1, "RETURNED": 1, "TOWN_REVIEW": 2, "REVIEWED": 3, "CHECKING": 3, "RECOMMENDED": 5, "LENT": 6, "FOLLOWED_UP": 7},
)  # fmt: skip
