"""The words of the line (12338, letters, visits, the portal): domain notes 2m."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices


class Kind(TextChoices):
    ASK = "ASK", "询问"
    CONSULT = "CONSULT", "咨询"
    REPORT = "REPORT", "反映问题"
    SUGGEST = "SUGGEST", "建议"
    WISH = "WISH", "愿望"


class Way(TextChoices):
    """How it came in. RELAYED: a village or town entered what it heard for her."""

    PORTAL = "PORTAL", "网上"
    HOTLINE = "HOTLINE", "12338来电"
    VISIT = "VISIT", "来访"
    LETTER = "LETTER", "来信"
    WECHAT = "WECHAT", "微信"
    RELAYED = "RELAYED", "村镇代报"


class Role(TextChoices):
    SELF = "SELF", "本人"
    RELATIVE = "RELATIVE", "亲属"
    NEIGHBOUR = "NEIGHBOUR", "邻居"
    UNIT = "UNIT", "单位"


class Topic(TextChoices):
    MARRIAGE = "MARRIAGE", "婚姻家庭"
    VIOLENCE = "VIOLENCE", "家暴"
    HARASSMENT = "HARASSMENT", "性骚扰"
    ASSAULT = "ASSAULT", "性侵"
    LABOUR = "LABOUR", "劳动权益"
    LAND = "LAND", "土地权益"
    PROPERTY = "PROPERTY", "财产继承"
    CUSTODY = "CUSTODY", "抚养探视"
    TRAFFICKING = "TRAFFICKING", "拐卖"
    FAMILY = "FAMILY", "家庭教育"
    PSYCHOLOGY = "PSYCHOLOGY", "心理"
    HEALTH = "HEALTH", "健康"
    LAW = "LAW", "其他法律问题"
    OTHER = "OTHER", "其他"


# Violence in any form: seen by handler and supervisor alone, never mediated, followed up twice.
VIOLENT: Final = (Topic.VIOLENCE, Topic.HARASSMENT, Topic.ASSAULT, Topic.TRAFFICKING)


class Relation(TextChoices):
    """Who the other side is to her."""

    HUSBAND = "HUSBAND", "丈夫或同居的人"
    FORMER = "FORMER", "前夫或前男友"
    FAMILY = "FAMILY", "其他家人"
    EMPLOYER = "EMPLOYER", "单位或同事"
    TEACHER = "TEACHER", "老师或照看的人"
    NEIGHBOUR = "NEIGHBOUR", "邻居或熟人"
    STRANGER = "STRANGER", "陌生人"
    BODY = "BODY", "村集体或机关单位"


class AgeBand(TextChoices):
    CHILD = "CHILD", "14岁以下"
    TEEN = "TEEN", "14至17岁"
    YOUNG = "YOUNG", "18至34岁"
    MIDDLE = "MIDDLE", "35至59岁"
    ELDER = "ELDER", "60岁及以上"


class Risk(TextChoices):
    EMERGENCY = "EMERGENCY", "紧急"
    HIGH = "HIGH", "高风险"
    MIDDLE = "MIDDLE", "中风险"
    LOW = "LOW", "低风险"


class State(TextChoices):
    """HELD looks like abuse and waits for a person to say whether it is."""

    HELD = "HELD", "待甄别"
    RECEIVED = "RECEIVED", "已收到"
    TRIAGED = "TRIAGED", "已研判"
    ACCEPTED = "ACCEPTED", "已受理"
    REFERRED = "REFERRED", "已转办"
    ADVISED = "ADVISED", "已当场解答"
    IN_HAND = "IN_HAND", "办理中"
    REPLIED = "REPLIED", "已答复"
    FOLLOWED_UP = "FOLLOWED_UP", "已回访"
    CLOSED = "CLOSED", "已办结"
    WITHDRAWN = "WITHDRAWN", "已撤回"


ENDED: Final = (State.CLOSED, State.WITHDRAWN)
ANSWERED: Final = (State.ADVISED, State.REPLIED, State.FOLLOWED_UP)
LIVE: Final = frozenset(State) - {*ENDED, State.HELD}


class ClosedWhy(TextChoices):
    ANSWERED = "ANSWERED", "已解答"
    SOLVED = "SOLVED", "问题已解决"
    SETTLED = "SETTLED", "已达成调解"
    HANDED_OVER = "HANDED_OVER", "已由有权机关办理"
    NOT_OURS = "NOT_OURS", "不予受理，已告知去处"
    NO_CONTACT = "NO_CONTACT", "联系不上"
    WITHDRAWN = "WITHDRAWN", "本人撤回"
    ABUSE = "ABUSE", "骚扰或广告"


class ReferralKind(TextChoices):
    """DEMAND: a unit is asked to investigate. SUPERVISE: it did nothing, 妇女权益保障法 art. 73."""

    REFER = "REFER", "转办函"
    DEMAND = "DEMAND", "要求调查处理函"
    SUPERVISE = "SUPERVISE", "督促处理意见书"


class AskedBy(TextChoices):
    APPLIED = "APPLIED", "当事人申请"
    OFFERED = "OFFERED", "主动调解"


class MediationResult(TextChoices):
    SETTLED = "SETTLED", "调解成功"
    FAILED = "FAILED", "调解不成"
    REFUSED = "REFUSED", "一方拒绝，不再调解"
    TAKEN_BACK = "TAKEN_BACK", "当事人撤回"


class Agreed(TextChoices):
    WRITTEN = "WRITTEN", "书面协议"
    ORAL = "ORAL", "口头协议"
