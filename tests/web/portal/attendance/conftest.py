"""A class with its roster, as the room's own tests know it."""

from tests.attendance.conftest import room

__all__ = ["room"]
