"""The way of a grant: village, town, departments, district, quota, notice, money, visit.

Deadlines are working days and come from practice (domain notes 2c); the federation may change them here with a release.
"""

from niangjia.access.verbs import Verb
from niangjia.core.codes import Level
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import State, Transition, Workflow
from niangjia.intake.sheet import Field, Kind, Section, Sensitivity, Sheet
from niangjia.programmes.definition import Act, Effect

DISTRICT, TOWN, VILLAGE = Level.DISTRICT, Level.TOWN, Level.VILLAGE

STATES = (
    State("DRAFT", "填写中", StateKind.DRAFT),
    State("SUBMITTED", "待村社区核实", StateKind.REVIEW, VILLAGE, 5),
    State("RETURNED", "退回补正", StateKind.RETURNED, VILLAGE, 10, "请补正"),
    State("VERIFIED", "待镇街审核", StateKind.REVIEW, TOWN, 5),
    State("REVIEWED", "待区级审核", StateKind.REVIEW, DISTRICT, 10),
    State("CHECKING", "部门核验中", StateKind.OUTSIDE_CHECK, DISTRICT, 10, "区级审核中"),
    State("APPROVED", "已审定待上报", StateKind.QUEUE, DISTRICT, 5, "审核通过，等待名额"),
    State("REPORTED", "已上报待名额", StateKind.QUEUE, DISTRICT, None, "审核通过，等待名额"),
    State("WAITING", "候补", StateKind.QUEUE, DISTRICT, None, "审核通过，候补等待名额"),
    State("ALLOCATED", "已获名额待公示", StateKind.QUEUE, DISTRICT, 5, "已获名额，准备公示"),
    State("NOTICE", "公示中", StateKind.NOTICE, DISTRICT),
    State("OBJECTION", "异议核查", StateKind.REVIEW, DISTRICT, 5, "公示异议核查中"),
    State("GRANTED", "待发放", StateKind.GRANTED, DISTRICT, 10),
    State("PAYING", "发放中", StateKind.GRANTED, DISTRICT, 10, "银行发放中"),
    State("PAY_FAILED", "发放失败待更正账户", StateKind.RETURNED, VILLAGE, 5, "银行退回，请更正账户"),
    State("PAID", "已发放待回访", StateKind.GRANTED, VILLAGE, 90, "已发放"),
    State("FOLLOWED_UP", "已回访办结", StateKind.CLOSED),
    State("REJECTED", "未通过", StateKind.REFUSED),
    State("WITHDRAWN", "本人撤回", StateKind.WITHDRAWN),
    State("DECEASED", "申请人去世，终止", StateKind.CLOSED, public_label="已终止"),
    State("REVOKED", "已撤销", StateKind.REFUSED),
)

RETURN_REASONS = (
    ("PAPERS_MISSING", "缺少材料"),
    ("PAPERS_UNCLEAR", "材料看不清"),
    ("STAGE_MISSING", "诊断证明未写明分期"),
    ("FACTS_DIFFER", "填写与原件不一致"),
    ("CARD_NOT_OWN", "不是本人银行账户"),
    ("OTHER", "其他（请写明）"),
)
REFUSE_REASONS = (
    ("NOT_RESIDENT", "户籍不在本区"),
    ("DISEASE", "病情不在范围"),
    ("INCOME", "困难身份不符"),
    ("GRANTED_BEFORE", "已获得过救助"),
    ("UNTRUE", "情况不实"),
    ("OTHER", "其他（请写明）"),
)
REVOKE_REASONS = (("UNTRUE", "情况不实"), ("GRANTED_BEFORE", "查实已获得过救助"), ("OTHER", "其他（请写明）"))

BEFORE_PAYMENT = (
    "SUBMITTED",
    "RETURNED",
    "VERIFIED",
    "REVIEWED",
    "CHECKING",
    "APPROVED",
    "REPORTED",
    "WAITING",
    "ALLOCATED",
    "NOTICE",
    "OBJECTION",
    "GRANTED",
    "PAY_FAILED",
)

TRANSITIONS = (
    Transition("submit", "提交", ("DRAFT",), "SUBMITTED", Verb.APPLY),
    Transition("submit_for", "代填提交", ("DRAFT",), "SUBMITTED", Verb.CASE_ENTER),
    Transition("verify", "原件相符，上报镇街", ("SUBMITTED",), "VERIFIED", Verb.CASE_VERIFY, VILLAGE, form="verify"),
    Transition(
        "return_to_applicant", "退回补正", ("SUBMITTED",), "RETURNED", Verb.CASE_VERIFY, VILLAGE, True, RETURN_REASONS
    ),
    Transition("resubmit", "补正后再次提交", ("RETURNED",), "SUBMITTED", Verb.APPLY),
    Transition("resubmit_for", "代为补正提交", ("RETURNED",), "SUBMITTED", Verb.CASE_ENTER),
    Transition("review", "审核通过，报区妇联", ("VERIFIED",), "REVIEWED", Verb.CASE_REVIEW, TOWN),
    Transition(
        "return_to_village", "退回村社区", ("VERIFIED",), "SUBMITTED", Verb.CASE_REVIEW, TOWN, True, RETURN_REASONS
    ),
    Transition("ask", "发起部门核验", ("REVIEWED",), "CHECKING", Verb.CASE_ASK, DISTRICT, bulk=True),
    Transition("answered", "部门核验完毕", ("CHECKING",), "REVIEWED", Verb.CHECK_ANSWER, automatic=True),
    Transition(
        "recall",
        "收回核验",
        ("CHECKING",),
        "REVIEWED",
        Verb.CASE_ASK,
        DISTRICT,
        confirm="未答复的核验将取消。",
        aside=True,
    ),
    Transition("approve", "审定通过", ("REVIEWED",), "APPROVED", Verb.CASE_DECIDE, DISTRICT),
    Transition(
        "refuse",
        "不予通过",
        ("REVIEWED", "APPROVED", "REPORTED", "WAITING", "ALLOCATED"),
        "REJECTED",
        Verb.CASE_DECIDE,
        DISTRICT,
        True,
        REFUSE_REASONS,
        aside=True,
    ),
    Transition(
        "return_to_town", "退回镇街", ("REVIEWED",), "VERIFIED", Verb.CASE_DECIDE, DISTRICT, True, RETURN_REASONS
    ),
    Transition("report_up", "上报市级", ("APPROVED",), "REPORTED", Verb.CASE_ALLOCATE, DISTRICT, bulk=True),
    Transition(
        "allocate", "分配名额", ("REPORTED", "WAITING"), "ALLOCATED", Verb.CASE_ALLOCATE, DISTRICT, automatic=True
    ),
    Transition("wait", "列入候补", ("REPORTED",), "WAITING", Verb.CASE_ALLOCATE, DISTRICT, automatic=True),
    Transition("give_notice", "开始公示", ("ALLOCATED",), "NOTICE", Verb.NOTICE_PUBLISH, DISTRICT, automatic=True),
    Transition("take_down", "撤下公示", ("NOTICE",), "ALLOCATED", Verb.NOTICE_PUBLISH, DISTRICT, automatic=True),
    Transition("object", "公示期收到异议", ("NOTICE",), "OBJECTION", Verb.OBJECT, automatic=True),
    Transition(
        "dismiss_objection", "异议不成立", ("OBJECTION",), "NOTICE", Verb.OBJECTION_HANDLE, DISTRICT, automatic=True
    ),
    Transition(
        "uphold_objection",
        "异议成立，取消资格",
        ("OBJECTION",),
        "REJECTED",
        Verb.OBJECTION_HANDLE,
        DISTRICT,
        True,
        (("OBJECTION", "公示异议成立"),),
        automatic=True,
    ),
    Transition("grant", "公示无异议", ("NOTICE",), "GRANTED", Verb.NOTICE_PUBLISH, DISTRICT, automatic=True),
    Transition("list_payment", "列入发放清单", ("GRANTED",), "PAYING", Verb.CASE_PAY, DISTRICT, automatic=True),
    Transition("paid", "银行已到账", ("PAYING",), "PAID", Verb.CASE_PAY_RESULT, DISTRICT, automatic=True),
    Transition("pay_failed", "银行退回", ("PAYING",), "PAY_FAILED", Verb.CASE_PAY_RESULT, DISTRICT, automatic=True),
    Transition("correct_account", "更正账户", ("PAY_FAILED",), "GRANTED", Verb.CASE_ENTER, None, form="account"),
    Transition("correct_own_account", "更正账户", ("PAY_FAILED",), "GRANTED", Verb.APPLY, None, form="account"),
    Transition("follow_up", "登记回访", ("PAID",), "FOLLOWED_UP", Verb.CASE_FOLLOW_UP, None),
    Transition(
        "withdraw",
        "撤回申请",
        ("DRAFT", *BEFORE_PAYMENT),
        "WITHDRAWN",
        Verb.APPLY,
        confirm="撤回后本次申请终止，受理期内可以重新申请。",
        aside=True,
    ),
    Transition(
        "withdraw_for",
        "代为撤回",
        ("DRAFT", *BEFORE_PAYMENT),
        "WITHDRAWN",
        Verb.CASE_ENTER,
        None,
        True,
        (("HER_WISH", "本人要求撤回"), ("DUPLICATE", "重复申请")),
        aside=True,
    ),
    Transition(
        "record_death",
        "登记去世",
        (*BEFORE_PAYMENT, "PAYING"),
        "DECEASED",
        Verb.CASE_STOP,
        None,
        form="death",
        confirm="登记去世后申请终止，救助金不再发放。",
        aside=True,
    ),
    Transition(
        "revoke",
        "撤销救助",
        ("GRANTED", "PAYING", "PAID", "FOLLOWED_UP"),
        "REVOKED",
        Verb.CASE_DECIDE,
        DISTRICT,
        True,
        REVOKE_REASONS,
        confirm="已发放的救助金须另行追回。",
        aside=True,
    ),
)

WORKFLOW = Workflow(STATES, TRANSITIONS, "DRAFT")

VISIT = Sheet(
    (
        Section(
            "visit",
            "回访",
            (
                Field("visited_on", "回访日期", Kind.DATE, Sensitivity.PLAIN),
                Field("way", "方式", Kind.CHOICE, Sensitivity.PLAIN, choices=(("VISIT", "入户"), ("PHONE", "电话"))),
                Field(
                    "use_of_money",
                    "资金用途",
                    Kind.TEXT,
                    Sensitivity.PLAIN,
                    help="例如：复查、购药、康复营养。",
                    max_length=200,
                ),
                Field(
                    "condition",
                    "身体状况",
                    Kind.LONGTEXT,
                    Sensitivity.HEALTH,
                    required=False,
                    help="只给经办人看。",
                    max_length=200,
                ),
                Field("heard", "其他需求", Kind.TEXT, Sensitivity.PLAIN, required=False, max_length=200),
            ),
        ),
    )
)

ACTS = {
    "approve": Act(effects=(Effect.APPROVE,)),
    "refuse": Act(effects=(Effect.REFUSE,)),
    "grant": Act(effects=(Effect.GRANT,)),
    "follow_up": Act(sheet=VISIT, effects=(Effect.VISIT,)),
    "withdraw": Act(effects=(Effect.CANCEL,)),
    "withdraw_for": Act(effects=(Effect.CANCEL,)),
    "record_death": Act(effects=(Effect.CANCEL,)),
    "revoke": Act(effects=(Effect.REVOKE,)),
}
