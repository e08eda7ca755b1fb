"""Pages about clocks in a real browser: axe finds nothing in light and dark, wide and narrow; words are read."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.pipeline import change_ticket
from rtpy.config import Config
from rtpy.testing.looking import accessible, chromium, person
from rtpy.testing.people import Factory
from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import chromium_path
from rtpy.work import Face
from rtpy_sla.clocks.words import Ball, Retarget
from rtpy_sla.following.changes import HandBall, PinPolicy
from rtpy_sla.promises.make import MakePromise

from .conftest import HOUR, add_office, add_policy, term

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]
PASSWORD = "looks of clocks"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, compiled_templates) -> Iterator[tuple[RunningSite, int]]:
    folder = tmp_path_factory.mktemp("looks")
    with running_site(folder, password=PASSWORD, templates=compiled_templates, plugins=["sla"]) as site:
        number = _ticket(site)
        site.start("serve")
        yield site, number


def test_pages_about_clocks_are_for_everybody(site) -> None:
    running, number = site
    with chromium() as browser, person(browser, running.url) as page:
        page.goto("/login")
        page.fill("[name=username]", "root")
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Log in").click()
        clock = f"/sla/tickets/{number}/clocks/resolution/1"
        for width, addresses in ((1280, (clock,)), (390, (f"/ticket/{number}", "/admin/sla/policies/1"))):
            page.set_viewport_size({"width": width, "height": 900})
            for address in addresses:
                page.goto(address)
                accessible(page)
        _words_are_read(page, number)


def _words_are_read(page: Page, number: int) -> None:
    page.goto(f"/ticket/{number}")
    page.locator(".sla-promising summary").first.click()
    page.locator("#reply-until").fill("in 3 days")
    expect(page.locator("#reply-until-says")).to_contain_text("That is ")


def _ticket(site: RunningSite) -> int:
    app = App(Config.for_tests(site.home, plugins=["sla"]), blobs=DatabaseStore())
    try:
        with app.work() as work:
            root = work.as_actor(app.actor_named(work.db, "root", Face.WEB))
            now, make = work.now, Factory(app, work.db)
            version = add_policy(work.db, root, add_office(work.db), "Gold", 1, resolution=term(16 * HOUR))
            ticket = make.ticket("Printer on fire")
            root.now = now - timedelta(hours=30)
            change_ticket(root, ticket, PinPolicy(version.id, Retarget.FROM_CREATION))
            root.now = now - timedelta(hours=4)
            change_ticket(root, ticket, HandBall(Ball.CUSTOMER, None, "Serial number?"))
            root.now = now
            change_ticket(root, ticket, MakePromise(now + timedelta(days=2), "a new drum", "Europe/Berlin"))
            return ticket.id
    finally:
        app.engine.dispose()
