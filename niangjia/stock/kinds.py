"""The words of goods: where they come from, what happens to them, how often one may have them."""

from __future__ import annotations

from django.db.models import TextChoices


class BatchState(TextChoices):
    """A batch is announced, arrives, is given out, and is closed when nothing is left of it anywhere."""

    ALLOCATED = "ALLOCATED", "已下达"
    RECEIVED = "RECEIVED", "已到货"
    DISTRIBUTING = "DISTRIBUTING", "发放中"
    CLOSED = "CLOSED", "已结清"


class Source(TextChoices):
    """Who the goods come from. Only organisations licensed for it may raise funds in public (慈善法 art. 22)."""

    FOUNDATION = "FOUNDATION", "有公开募捐资格的慈善组织"
    LOCAL = "LOCAL", "本地单位或个人捐赠"
    PURCHASE = "PURCHASE", "本单位购置"


class Once(TextChoices):
    """How often the same subject may receive a kind of goods."""

    BATCH = "BATCH", "同一批次一次"
    YEAR = "YEAR", "同一年度一次"
    EVER = "EVER", "只一次"


class Act(TextChoices):
    """What a move is. The sign of its ``delta`` is seen from the unit whose stock it changes."""

    RECEIVED = "RECEIVED", "到货"
    ALLOCATED = "ALLOCATED", "下拨"
    RETURNED = "RETURNED", "退回上级"
    HANDED_OUT = "HANDED_OUT", "发放"
    REFUSED = "REFUSED", "拒收退回"
    TAKEN_BACK = "TAKEN_BACK", "收回"
    REPLACED = "REPLACED", "调换"
    LOST = "LOST", "损耗"
    COUNTED = "COUNTED", "盘点差异"


IN = (Act.RECEIVED, Act.ALLOCATED, Act.RETURNED)
OUT = (Act.HANDED_OUT, Act.REFUSED, Act.TAKEN_BACK)
GIVEN_BACK = (Act.REFUSED, Act.TAKEN_BACK)
# What a counter-move undoes; a hand-out is undone by taking back.
CORRECTABLE = (Act.RECEIVED, Act.ALLOCATED, Act.RETURNED, Act.LOST, Act.COUNTED)
