"""The portal of a site at https://www.example.com/support/: no page leads out of the prefix."""

import pytest

from rtpy.config import Config
from rtpy.http.door import below_prefix
from rtpy.testing.browsers import make_browser
from rtpy.testing.wandering import wander


@pytest.fixture
def config(tmp_path, database_engine, listed_plugins):
    """A site below a path."""
    url = database_engine.url.render_as_string(hide_password=False)
    base = "http://localhost/support"
    return Config.for_tests(tmp_path, database__url=url, plugins=list(listed_plugins), web__base_url=base)


@pytest.mark.databases("sqlite")  # addresses do not depend on the database
def test_no_page_of_the_portal_leads_out_of_the_prefix(wsgi, app, enter, make):
    make.ticket("Printer on fire", requestor="ann@client.example")
    browser = enter(
        make_browser(below_prefix(wsgi, app.config), "127.0.0.1"), make.customer("ann@client.example")
    )
    opened, links = wander(browser, "/support/", most=20)
    assert [link for link in links if not link[1].startswith("/support/")] == []
    assert opened > 10
