"""What the tests of billing share: rtpy's fixtures, with this plugin listed and its tables made."""

import pytest

from rtpy.changes.grants import revoke_right
from rtpy.changes.people import system_groups
from rtpy.models.group import PRIVILEGED
from rtpy.rights.holders import Holder, Place
from rtpy.testing.browsers import another, browser, enter, login, root, token, wsgi
from rtpy.work import Work

__all__ = ["another", "browser", "enter", "listed_plugins", "login", "root", "token", "wsgi"]


@pytest.fixture(scope="session")
def listed_plugins() -> tuple[str, ...]:
    """The app under test lists this plugin."""
    return ("billing",)


@pytest.fixture
def nobody_logs(work: Work) -> None:
    """The right to log one's own time, which all staff begin with, is taken away again."""
    revoke_right(work, Holder(system_groups(work, (PRIVILEGED,))[0]), "LogTime", Place("system"))
