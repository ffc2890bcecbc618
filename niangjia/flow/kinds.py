"""The few kinds a state can be of. Inboxes, colours and measures know kinds, never names."""

from niangjia.core.labelled import Labelled


class StateKind(Labelled):
    """What a state means to everyone who does not know the programme."""

    DRAFT = "draft", "草稿"
    RETURNED = "returned", "退回补正"
    REVIEW = "review", "待审核"
    OUTSIDE_CHECK = "outside_check", "部门核验中"
    QUEUE = "queue", "等待中"
    NOTICE = "notice", "公示中"
    VOTE = "vote", "投票中"
    GRANTED = "granted", "已批准"
    CLOSED = "closed", "已办结"
    REFUSED = "refused", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"


ENDED = frozenset({StateKind.CLOSED, StateKind.REFUSED, StateKind.WITHDRAWN})


class Outcome(Labelled):
    """What one rule says about one set of facts."""

    PASS = "PASS", "符合"
    FAIL = "FAIL", "不符合"
    NEEDS_PROOF = "NEEDS_PROOF", "待证明"
