"""Fields for the tests of pages."""

from tests.domain.customfields.conftest import field

__all__ = ["field"]
