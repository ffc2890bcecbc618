"""The school year of ``tests.family_education.stage``, with the clock standing still in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from niangjia.core import clock
from tests.family_education.stage import NOW, Liaison, Stage
from tests.personas import District


@pytest.fixture
def year(district: District) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(district)


@pytest.fixture
def primary(year: Stage) -> Liaison:
    return year.school("实验小学")
