"""An outline in a small district, at a day of spring when last year is collected."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from niangjia.core import clock
from tests.outlines.stage import TODAY, Stage
from tests.personas import District


@pytest.fixture(autouse=True)
def _spring() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def stage(district: District) -> Stage:
    return Stage(district)
