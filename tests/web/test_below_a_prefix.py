"""The site at https://www.example.com/support/: every way from one page to the next stays below the prefix."""

import pytest
from sqlalchemy import select

from rtpy.config import Config
from rtpy.http.door import below_prefix
from rtpy.models import User
from rtpy.testing.wandering import wander
from tests.web.conftest import make_browser

# Addresses do not depend on the database.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def config(tmp_path, database_engine):
    """A site below a path."""
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, web__base_url="http://localhost/support")


@pytest.fixture
def front(wsgi, app):
    """A browser that comes through the door."""
    return make_browser(below_prefix(wsgi, app.config), "127.0.0.1")


def test_no_page_leads_out_of_the_prefix(front, enter, make, db):
    make.ticket("Printer on fire", requestor="ann@client.example")
    enter(front, db.scalars(select(User).where(User.name == "root")).one())
    opened, links = wander(front, "/support/", most=40)
    assert [link for link in links if not link[1].startswith("/support/")] == []
    assert opened == 40


def test_the_login_leads_back_below_the_prefix_and_its_cookies_go_nowhere_else(front, login, make):
    ticket = make.ticket("Printer on fire")
    asked = front.get(f"/support/ticket/{ticket.id}")
    assert asked.location == f"http://localhost/support/login?next=%2Fsupport%2Fticket%2F{ticket.id}"
    form = asked.follow().form
    form["username"], form["password"] = "root", "correct horse battery"
    answer = form.submit()
    assert answer.location == f"http://localhost/support/ticket/{ticket.id}"
    given = answer.headers.getall("Set-Cookie")
    assert given
    assert {part.strip() for cookie in given for part in cookie.split(";") if "Path=" in part} == {
        "Path=/support/"
    }


def test_old_addresses_of_rt_and_programs_find_the_way(front, make):
    ticket = make.ticket("Printer on fire")
    old = front.get(f"/support/Ticket/Display.html?id={ticket.id}")
    assert old.location == f"http://localhost/support/ticket/{ticket.id}"
    front.authorization = ("Basic", ("root", "correct horse battery"))
    told = front.get(f"/support/REST/2.0/ticket/{ticket.id}").json
    assert told["Queue"]["_url"].startswith("http://localhost/support/REST/2.0/queue/")


@pytest.mark.parametrize(
    ("path", "script_name", "path_info"),
    [
        ("/support/ticket/7", "/support", "/ticket/7"),
        ("/support/", "/support", "/"),
        ("/support/support/x", "/support", "/support/x"),
        ("/health", "/support", "/health"),
        ("/supporters", "/support", "/supporters"),
    ],
)
def test_the_prefix_is_taken_off_once_and_only_as_a_whole_word(tmp_path, path, script_name, path_info):
    seen = {}
    config = Config.for_tests(tmp_path, web__base_url="https://www.example.com/support/")
    below_prefix(lambda environ, start: seen.update(environ) or [], config)({"PATH_INFO": path}, None)
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == (script_name, path_info)


def test_the_bare_prefix_leads_to_the_start_page_under_the_configured_name(tmp_path):
    told = []
    config = Config.for_tests(tmp_path, web__base_url="https://www.example.com/support")
    below_prefix(None, config)(
        {"PATH_INFO": "/support", "QUERY_STRING": "q=1"}, lambda *said: told.extend(said)
    )
    assert told[0].startswith("308 ")
    assert dict(told[1])["Location"] == "https://www.example.com/support/?q=1"
