"""走访慰问: festival visits to left-behind children, women and elders and to households in hardship."""

import datetime as dt

from niangjia.programmes.catalogue.festival_visit.papers import LAYOUTS, VISIT_SHEET
from niangjia.programmes.catalogue.festival_visit.sheet import SHEET
from niangjia.programmes.catalogue.festival_visit.workflow import ACTS, WORKFLOW
from niangjia.programmes.definition import Bindings, Forward, Gives, Often, Programme, Subject, Version

PROGRAMME = Programme(
    key="festival_visit",
    name="走访慰问",
    family="festival_visit",
    summary="节日走访留守儿童、留守妇女、留守老人和困难家庭。",
    secret=False,
    number_prefix="ZF",
    ask="所在村（社区）妇联主席。",
    brand="aizai",
    versions=(
        Version(
            key="visit-1",
            label="走访慰问",
            effective_from=dt.date(2011, 1, 1),
            effective_to=None,
            basis="年度工作计划：元旦、春节、三八、六一、重阳等节日走访慰问三留守人员和困难家庭",
            sheet=SHEET,
            workflow=WORKFLOW,
            acts=ACTS,
            bindings=Bindings(
                name="name", id_number="id_number", phone="phone", place="place", category="category",
                household=("place", "address"),
            ),
            consent_version="visit-1",
            consents={"consent_apply": "APPLY"},
            subject=Subject.FAMILY,
            gives=Gives.SERVICE,
            often=Often.ROUND,
            per_household=True,
            forward=frozenset({Forward.OFFICER}),
            layouts=LAYOUTS,
            letters=(VISIT_SHEET,),
        ),
    ),
)  # fmt: skip
