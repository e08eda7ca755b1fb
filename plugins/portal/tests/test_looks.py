"""Every page of the portal in a real browser: nobody is shut out, nothing overflows, forms are sent by Enter."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

import rtpy_portal
from plugins.portal.tests.sample import Sample, furnish
from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import SettableClock
from rtpy.config import Config
from rtpy.testing.fixtures import START
from rtpy.testing.looking import RULES, SPARSE, chromium, person
from rtpy.testing.running import share_templates
from rtpy.testing.servers import chromium_path
from rtpy.testing.serving import serving
from rtpy.work import Face
from rtpy_portal.looks.saving import save_looks
from rtpy_portal.web.parts import ADDRESSES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]

KEY = "/portal/key/{key}"
CUSTOMERS: dict[str, tuple[tuple[str, str], ...]] = {
    "portal.start": (("", "/portal"), ("ann", "/portal")),
    "portal.access.key": (("", KEY),),
    "portal.access.lost": (("", "/portal/lost"), ("", "/portal/lost?done=sent")),
    "portal.access.mine": (("key", "/portal/request/{burns}/mine"),),
    "portal.access.login": (("", "/portal/login"), ("", "/portal/login?done=sent")),
    "portal.access.login_key": (("", "/portal/login/key/{login_key}"),),
    "portal.access.me": (("ann", "/portal/me"),),
    "portal.asking.form": (("", "/portal/ask"),),
    "portal.asking.topic": (("", "/portal/ask/{topic}"), ("ann", "/portal/ask/{topic}")),
    "portal.asking.done": (("", "/portal/ask/done?r={receipt}"),),
    "portal.issues.list": (("", "/portal/issues"), ("", "/portal/issues?show=ideas")),
    "portal.issues.display": (("", "/portal/issues/{issue}"), ("ann", "/portal/issues/{issue}")),
    "portal.issues.confirm": (("", "/portal/issues/confirm/{confirm_issue}"),),
    "portal.issues.leave": (("", "/portal/issues/leave/{leave_issue}"),),
    "portal.knowledge.home": (
        ("", "/portal/knowledge"),
        ("", "/portal/knowledge?q=telephone"),
        ("", "/portal/knowledge?q=elephant"),
    ),
    "portal.knowledge.book": (("", "/portal/knowledge/{book}"),),
    "portal.knowledge.display": (
        ("", "/portal/knowledge/page/{page}/{slug}"),
        ("ann", "/portal/knowledge/page/{page}/{slug}"),
        ("", "/portal/knowledge/page/{gone}/x"),
    ),
    "portal.knowledge.confirm": (("", "/portal/knowledge/confirm/{confirm_question}"),),
    "portal.knowledge.leave": (("", "/portal/knowledge/leave/{leave_question}"),),
    "portal.organizations.list": (("ann", "/portal/organization"),),
    "portal.organizations.display": (
        ("ann", "/portal/organization/{acme}"),
        ("ann", "/portal/organization/{bell}"),
    ),
    "portal.organizations.person": (("ann", "/portal/organization/{acme}/person/{bob}"),),
    "portal.organizations.invite": (("ann", "/portal/organization/{acme}/invite"),),
    "portal.requests.list": (
        ("ann", "/portal/requests"),
        ("zoe", "/portal/requests"),
    ),
    "portal.requests.display": (
        ("ann", "/portal/request/{burns}"),
        ("key", "/portal/request/{burns}"),
        ("ann", "/portal/request/{solved}"),
        ("ann", "/portal/request/{waiting}"),
        ("ann", "/portal/request/99999"),
    ),
    "portal.requests.left": (("", "/portal/left"),),
    "portal.ratings.rate": (
        ("ann", "/portal/request/{solved}/rate?score=bad"),
        ("ann", "/portal/request/{rated}/rate"),
        ("ann", "/portal/request/{burns}/rate"),
    ),
}
"""By the name of the address: who looks at it (nobody in particular, a customer, who came by a key), and where."""
STAFF = {
    "portal.requests.preview": "/portal/request/{burns}/preview",
    "portal.requests.sight": "/ticket/{burns}/customers",
    "portal.topics.list": "/admin/portal/topics",
    "portal.topics.modify": "/admin/portal/topics/{topic}",
    "portal.looks.modify": "/admin/portal/looks",
    "portal.ratings.list": "/ratings",
    "portal.books.display": "/knowledge/page/{page}",
    "portal.books.versions": "/knowledge/page/{page}/versions",
    "portal.questions.display": "/knowledge/questions/{question}",
    "portal.knowledge.report": "/knowledge/report",
    "portal.known_issues.display": "/known-issues/{issue}",
    "portal.known_issues.close": "/known-issues/{issue}/close",
}
"""Pages of staff that have something of their own."""
OF_USUAL_PIECES = frozenset(
    """
    portal.topics.create portal.organizations.admin portal.organizations.people
    portal.organizations.modify portal.books.list portal.books.new_book portal.books.book
    portal.books.write portal.books.edit portal.books.preview portal.books.from_ticket portal.books.links
    portal.questions.list portal.synonyms.modify portal.known_issues.list portal.known_issues.create
    portal.known_issues.modify portal.known_issues.history portal.known_issues.affected
    portal.known_issues.merge
    """.split()
)
"""Pages of staff that the pieces of rtpy draw, which rtpy tests: lists and forms."""
NO_PAGES = frozenset(
    """
    portal.access.renew portal.access.account portal.access.password portal.access.end portal.access.withdraw
    portal.access.rt portal.asking.suggestions portal.issues.feed portal.issues.join portal.issues.news
    portal.issues.on_request portal.knowledge.feed portal.knowledge.plain portal.knowledge.vote
    portal.knowledge.ask portal.knowledge.answer portal.known_issues.update portal.known_issues.tickets
    portal.known_issues.on_ticket portal.looks.css portal.looks.logo portal.organizations.document
    portal.ratings.asking portal.ratings.helpful portal.ratings.mine portal.ratings.recovered
    portal.ratings.share
    portal.requests.file portal.requests.picture portal.requests.answer portal.requests.close
    portal.requests.reopen portal.requests.follow_up portal.requests.urgency portal.requests.call
    portal.requests.escalate portal.requests.add portal.requests.remove portal.requests.leave
    """.split()
)
"""What only takes a form, leads elsewhere, or is a file or a feed."""
EVERY = [(who, path) for places in CUSTOMERS.values() for who, path in places]
MISSING = ("/portal/request/99999", "/portal/knowledge/page/{gone}/x")
"""Of CUSTOMERS those that say that there is nothing."""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll(
      ".main button, .main summary, .main select, .main .input, .main .button, nav a, .portal-foot :is(a, button)"
    )].filter((e) => e.checkVisibility() && !e.closest(".visually-hidden, .portal-trap, .knowledge-trap"))
     .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 90))"""
NOT_BY_ENTER = """() => [...document.forms].filter((form) =>
    form.method === "post" && ![...form.elements].some((e) => e.type === "submit")).length"""
NO_FOCUS_SEEN = """() => { const at = document.activeElement, look = getComputedStyle(at);
    return at === document.body || look.outlineStyle !== "none" || look.boxShadow !== "none"
      || at.closest("label")?.matches(":has(:focus-visible)") ? "" : at.outerHTML.slice(0, 90) }"""


@dataclass(frozen=True, slots=True)
class Site:
    """A running site, and what there is in it."""

    url: str
    app: App
    sample: Sample

    def place(self, path: str) -> str:
        """An address with its values."""
        return path.format_map(self.sample.keys)


@pytest.fixture(scope="module")
def site(databases, compiled_templates, listed_plugins, tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("looks")
    share_templates(folder, compiled_templates)
    # How pages look does not depend on the database.
    with databases.copy("sqlite", folder, listed_plugins) as url:
        config = Config.for_tests(folder, database__url=url, plugins=list(listed_plugins))
        app = App(config, blobs=DatabaseStore(), clock=SettableClock(START))
        sample = furnish(app)
        with serving(app) as address:
            yield Site(address, app, sample)
        app.engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def open_as(site, browser):
    """`with open_as("ann", width=390) as page`: somebody's browser; `key` has come by the link of a mail."""

    @contextmanager
    def opened(who: str = "", *, width: int = 1280, **options: Any) -> Iterator[Page]:
        options = {"viewport": {"width": width, "height": 900}, **options}
        with person(browser, site.url, site.sample.cookies.get(who, ""), **options) as page:
            for path in MISSING:  # the browser's console calls them errors
                page.route(f"**{site.place(path)}", _as_if_found)
            if who == "key":
                page.goto(site.place(KEY))
            yield page

    return opened


def _as_if_found(route: Route) -> None:
    found = route.fetch()
    assert found.status in (404, 410)
    route.fulfill(response=found, status=200)


def looked_at(site: Site, page: Page, path: str) -> list[str]:
    """What is wrong with a page, in words, at the present width and in the present colours."""
    answer = page.goto(site.place(path))
    found = Axe().run(page, options={"runOnly": RULES, **SPARSE}).response["violations"]
    told = [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in found]
    if answer.status != 200:
        told.append(f"answered {answer.status}")
    if (count := page.locator("h1").count()) != 1:
        told.append(f"{count} headings of the first level")
    if wider := page.evaluate(WIDER):
        told.append(f"{wider} px too wide")
    if page.evaluate(NOT_BY_ENTER):
        told.append("a form cannot be sent by Enter")
    return [f"{path} at {page.viewport_size['width']}: {each}" for each in told]


def test_every_address_is_looked_at_or_is_no_page():
    assert {each.name for each in ADDRESSES} == (CUSTOMERS.keys() | STAFF.keys() | OF_USUAL_PIECES | NO_PAGES)


@pytest.mark.parametrize("who", ["", "ann", "zoe", "key"])
def test_pages_for_customers_shut_nobody_out(site, open_as, who):
    """Every other page wide and in light, the others narrow and in dark."""
    places = [path for each, path in EVERY if each == who]
    wrong = []
    with open_as(who) as page:
        for path in places[::2]:
            wrong += looked_at(site, page, path)
    with open_as(who, width=390, color_scheme="dark") as page:
        for path in places[1::2] or places:
            wrong += looked_at(site, page, path)
            wrong += [f"{path}: less than 44 px: {each}" for each in page.evaluate(SMALL)]
    assert wrong == []


@pytest.mark.parametrize("who", ["", "ann", "zoe", "key"])
def test_pages_in_german_fit_the_narrowest_screens(site, open_as, who):
    """As wide as a screen of 1280 pixels is at 400 %."""
    wrong = []
    with open_as(who, width=320, locale="de-DE") as page:
        for path in (path for each, path in EVERY if each == who):
            page.goto(site.place(path))
            if page.locator("html").get_attribute("lang") != "de":
                wrong.append(f"{path} is not in German")
            if wider := page.evaluate(WIDER):
                wrong.append(f"{path} is {wider} px too wide")
    assert wrong == []


def test_pages_for_staff_shut_nobody_out(site, open_as):
    places, wrong = list(STAFF.values()), []
    with open_as("root") as page:
        for path in places[::2]:
            wrong += looked_at(site, page, path)
    with open_as("root", width=390, color_scheme="dark") as page:
        for path in places[1::2]:
            wrong += looked_at(site, page, path)
    assert wrong == []


def test_the_keyboard_reaches_everything_and_shows_where_it_is(site, open_as):
    with open_as("ann") as page:
        page.goto(site.place("/portal/request/{burns}"))
        page.keyboard.press("Tab")
        expect(page.locator("a.skip")).to_be_focused()
        expect(page.locator("a.skip")).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
        unseen = []
        for _ in range(30):
            if hidden := page.evaluate(NO_FOCUS_SEEN):
                unseen.append(hidden)
            page.keyboard.press("Tab")
        assert unseen == []


def test_forms_are_sent_by_enter(site, open_as):
    with open_as() as page:
        page.goto("/portal/knowledge")
        page.locator("main [name=q]").fill("telephone")
        page.keyboard.press("Enter")
        expect(page.get_by_text("2 pages found")).to_be_visible()
        page.goto("/portal/lost")
        page.fill("[name=number]", "1")
        page.fill("[name=address]", "nobody@free.example")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("done=sent"))
        page.goto("/portal/login")
        page.fill("[name=address]", "no address at all")
        page.locator("main form").first.evaluate("form => { form.noValidate = true }")
        page.locator("[name=address]").press("Enter")
        expect(page.locator(".problems a")).to_have_attribute("href", "#address")
        expect(page.locator("#address")).to_have_value("no address at all")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_brand_colour_is_read_well_everywhere(site, open_as, colours):
    with site.app.work() as work:
        root = work.as_actor(site.app.actor_named(work.db, "root", Face.WEB))
        save_looks(root, {"portal.accent": "#b4006e"})
    wrong = []
    with open_as("ann", color_scheme=colours) as page:
        for path in ("/portal", "/portal/request/{burns}", "/portal/organization/{acme}/person/{bob}"):
            wrong += looked_at(site, page, path)
        assert page.locator("link[href*='theme.css']").count() == 1
    assert wrong == []


def test_in_colours_of_the_readers_own_a_line_says_which_page_is_open(site, open_as):
    with open_as("ann", forced_colors="active") as page:
        page.goto("/portal/requests")
        here = page.locator(".portal-top a[aria-current]")
        expect(here).to_have_css("text-decoration-line", "underline")
        expect(page.locator(".portal-top nav a").first).to_have_css("text-decoration-line", "none")


def test_a_page_of_knowledge_is_printed_without_what_paper_cannot_do(site, open_as):
    with open_as() as page:
        page.goto(site.place("/portal/knowledge/page/{page}/{slug}"))
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for gone in (".portal-top nav", ".portal-foot", ".knowledge-helped"):
            expect(page.locator(gone)).to_be_hidden()


def test_the_style_sheet_is_small():
    sheet = Path(rtpy_portal.__file__).parent / "static" / "portal" / "portal.css"
    assert len(gzip.compress(sheet.read_bytes())) <= 6_000
