"""These tests also look at the pages."""

from tests.web.conftest import as_persona

__all__ = ["as_persona"]
