"""The annual plan of the demonstration: read from its text, published, split to the towns, reported month by month."""

from __future__ import annotations

from niangjia.ops.demo.district import DemoDistrict


def make_plan(district: DemoDistrict) -> None:
    pass
