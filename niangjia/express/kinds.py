"""The words of 母亲健康快车: vehicles given by the China Women's Development Foundation to county hospitals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices


class VehicleState(TextChoices):
    IN_USE = "IN_USE", "在用"
    REPAIR = "REPAIR", "维修"
    RETIRED = "RETIRED", "停用"


class Purpose(TextChoices):
    """What a trip was for, as the log of the project names it."""

    PUBLICITY = "PUBLICITY", "健康宣教"
    CLINIC = "CLINIC", "义诊体检"
    CARRY = "CARRY", "接送孕产妇"
    TRANSFER = "TRANSFER", "转诊急救"
    TRAINING = "TRAINING", "培训"
    EMERGENCY = "EMERGENCY", "应急"


class CostKind(TextChoices):
    FUEL = "FUEL", "油费"
    TOLL = "TOLL", "过路停车"
    REPAIR = "REPAIR", "维修保养"
    INSURANCE = "INSURANCE", "保险"
    INSPECTION = "INSPECTION", "年检"
    OTHER = "OTHER", "其他"


@dataclass(frozen=True, slots=True)
class Service:
    """One of the services a trip may render: the column that counts it, and in what."""

    column: str
    label: str
    unit: str
    is_people: bool


# The seven kinds of the project's rules, then patients saved and the two counts of sessions the yearly form asks for.
SERVICES: Final = (
    Service("heard", "健康知识宣教", "人次", True),
    Service("advised", "咨询义诊", "人次", True),
    Service("screened", "困难妇女筛查体检", "人次", True),
    Service("given", "免费发放药品资料", "份", False),
    Service("carried", "免费接送孕产妇", "人", True),
    Service("trained", "培训基层医务人员", "人次", True),
    Service("helped", "特殊个案帮扶", "人次", True),
)
RESCUED: Final = Service("rescued", "救治危重病人", "人", True)
SESSIONS: Final = (
    Service("talks", "宣教", "场", False),
    Service("clinics", "义诊体检", "场", False),
)
COUNTS: Final = (*SERVICES, RESCUED, *SESSIONS)
"""Every count of a trip; each is a column of its own name."""
