"""What the tests of billing share: rtpy's fixtures, with this plugin listed and its tables made."""

import pytest


@pytest.fixture(scope="session")
def listed_plugins() -> tuple[str, ...]:
    """The app under test lists this plugin."""
    return ("billing",)
