"""What the tests of billing share: rtpy's fixtures, with this plugin listed and its tables made."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from rtpy import hookimpl
from rtpy.app import App
from rtpy.changes.grants import revoke_right
from rtpy.changes.people import system_groups
from rtpy.models import Ticket
from rtpy.models.group import PRIVILEGED
from rtpy.rights.holders import Holder, Place
from rtpy.testing.browsers import another, browser, enter, login, root, token, wsgi
from rtpy.work import Work
from rtpy_billing.web.loose_ends import header

__all__ = ["another", "browser", "enter", "listed_plugins", "login", "root", "token", "wsgi"]


@pytest.fixture(scope="session")
def listed_plugins() -> tuple[str, ...]:
    """The app under test lists this plugin."""
    return ("billing",)


@pytest.fixture(autouse=True)
def number_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number in the bar is not counted anew because a test took long: whoever counts queries counts the same."""
    monkeypatch.setattr(header, "LOOK_AGAIN", 3600.0)


@pytest.fixture
def nobody_logs(work: Work) -> None:
    """The right to log one's own time, which all staff begin with, is taken away again."""
    revoke_right(work, Holder(system_groups(work, (PRIVILEGED,))[0]), "LogTime", Place("system"))


@pytest.fixture
def keep(app: App) -> Iterator[Callable[[Ticket], None]]:
    """Let a plugin keep a ticket from customers, as it would when staff hide one."""
    plugins = []

    def made(ticket: Ticket) -> None:
        plugin = SimpleNamespace(rtpy_kept_from_customers=hookimpl(lambda: Ticket.id == ticket.id))
        plugins.append(plugin)
        app.plugins.register(plugin)

    yield made
    for plugin in plugins:
        app.plugins.unregister(plugin)
