"""A school for the tests of training."""

from __future__ import annotations

import pytest

from tests.personas import District
from tests.training.stage import School


@pytest.fixture
def school(district: District) -> School:
    return School(district)
