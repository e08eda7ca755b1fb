"""The shop of these tests."""

import pytest

from plugins.portal.tests.organizations.shop import Shop


@pytest.fixture
def shop(work, make):
    """Acme and Bell with their people."""
    return Shop(work, make)
