"""What the tests of the portal share: rtpy's fixtures, with this plugin listed and its tables made."""

import pytest

from rtpy.testing.browsers import another, browser, enter, login, root, token, wsgi

__all__ = ["another", "browser", "enter", "listed_plugins", "login", "root", "token", "wsgi"]


@pytest.fixture(scope="session")
def listed_plugins() -> tuple[str, ...]:
    """The app under test lists this plugin."""
    return ("portal",)
