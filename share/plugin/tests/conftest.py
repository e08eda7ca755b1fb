"""What the tests share: rtpy's fixtures, with this plugin listed and its table made."""

from pathlib import Path

import pytest

from rtpy.testing.browsers import another, browser, enter, login, root, token, wsgi
from rtpy.testing.plugins import use_package

__all__ = ["another", "browser", "enter", "login", "root", "token", "wsgi"]

use_package(Path(__file__).parents[1])


@pytest.fixture(scope="session")
def listed_plugins():
    """The app under test lists this plugin alone."""
    return ("demo",)
