"""A20 to A24: whoever fetches whatever, secrets reach those alone whom they are for; and no look changes anything."""

import pytest
from sqlalchemy import func, select

from plugins.portal.tests.attacks.crawling import crawl, read, searches, secrets_in, seeds, views
from plugins.portal.tests.attacks.tables import tables_there
from plugins.portal.tests.attacks.who import KINDS, WHO
from rtpy_portal.web.parts import ADDRESSES

# What is shown is decided by clauses that have tests on both databases; a crawl takes too long for two.
pytestmark = pytest.mark.databases("sqlite")

COUNTED = frozenset({"rate_counters", "hook_days"})
"""What somebody tries too often is counted, by looks as well; and what plugins cost."""
KEPT_BY_BROWSERS = ("/portal/theme.css", "/portal/logo", "feed.atom", "/SelfService/")


@pytest.fixture
def brought(world, monkeypatch):
    """Money, as billing would bring it."""
    here = "rtpy_portal.web.organizations"
    monkeypatch.setattr(f"{here}.display.customer_documents", world.documents)
    monkeypatch.setattr(f"{here}.display.customer_facts", world.facts)
    monkeypatch.setattr(f"{here}.panels.money_facts", world.facts)


def rows(db):
    """How many each table has."""
    return {
        table.name: db.scalar(select(func.count()).select_from(table))
        for table in tables_there(db)
        if table.name not in COUNTED
    }


def faults(kind, path, answer, text, keys):
    """What must not be with an answer, whoever gets it."""
    if answer.status_int >= 500:
        yield "fails"
    if any(key in text for key in keys):
        yield "holds a key"
    if answer.content_type in ("text/html", "application/atom+xml") and "<i id=xss" in answer.text:
        yield "is not escaped"
    headers = answer.headers
    if answer.status_int == 200 and path.startswith("/portal"):
        if not any(each in path for each in KEPT_BY_BROWSERS) and headers.get("Cache-Control") != "no-store":
            yield f"may be kept: {headers.get('Cache-Control')}"
    if answer.content_type == "text/html" and answer.status_int == 200:
        if "script-src 'self'" not in headers["Content-Security-Policy"].replace("default-src", "script-src"):
            yield "runs scripts"
        if "frame-ancestors 'none'" not in headers["Content-Security-Policy"]:
            yield "may be framed"
        if headers["Referrer-Policy"] not in ("no-referrer", "same-origin"):
            yield "says where one was"
        if path.startswith("/portal/request") and "noindex" not in answer.text + headers.get(
            "X-Robots-Tag", ""
        ):
            yield "may be listed"
    location = headers.get("Location", "/")
    if not location.startswith("/") and not location.startswith("http://localhost/"):
        yield f"leads to {location}"


def test_a21_to_a24_no_kind_of_visitor_receives_what_is_not_for_them(db, world, browsers, wsgi, brought):
    table = [*(path for _, path in seeds(world, wsgi)), *searches()]
    wrong, found, before = [], {kind: set() for kind in browsers}, rows(db)
    for kind, browser in browsers.items():
        for path, answer in crawl(browser, table):
            text = read(answer)
            got = secrets_in(text)
            found[kind] |= got
            wrong += [(kind, path, name) for name in got if kind not in WHO[name]]
            wrong += [(kind, path, each) for each in faults(kind, path, answer, text, world.keys.values())]
    assert wrong == []
    assert set(browsers) == KINDS
    # Where it reads nothing, a crawl proves nothing.
    assert [(name, kind) for name, kinds in WHO.items() for kind in kinds if name not in found[kind]] == []
    assert rows(db) == before


def test_every_address_is_in_the_table_of_the_crawl_or_takes_forms_alone(world, wsgi):
    asked = {name for name, _ in seeds(world, wsgi)}
    posted = views(wsgi, "POST")
    assert {each.name for each in ADDRESSES} - asked - posted == set()
    assert len(asked) > 50
