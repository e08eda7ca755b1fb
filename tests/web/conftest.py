"""What only the tests of pages have: browsers are in `rtpy.testing.browsers`."""

import pytest

from rtpy.testing.browsers import another, browser, enter, login, make_browser, root, token, wsgi
from rtpy.testing.fixtures import compiled_templates
from tests.web.extra_views import ExtraViews

__all__ = [
    "another",
    "browser",
    "compiled_templates",
    "enter",
    "login",
    "make_browser",
    "root",
    "token",
    "wsgi",
]


@pytest.fixture
def extra(app):
    """Views that only tests have; ask for it before `browser`."""
    views = ExtraViews()
    app.plugins.register(views)
    return views


@pytest.fixture
def jo(another, make, enter):
    """A browser with Jo logged in, who is staff with a fresh installation's rights on General."""
    return enter(another(), make.staff("jo", real_name="Jo Bloggs"))


@pytest.fixture
def customer(another, make, enter):
    """A browser with Ann logged in, a customer."""
    return enter(another(), make.customer("ann@client.example", "Ann Miller"))


@pytest.fixture
def extra_of():
    """Puts the extra views into another app: `extra_of(committed_app)`."""
    return lambda app: app.plugins.register(ExtraViews())
