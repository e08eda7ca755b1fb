"""A01, A02, A07 to A11 in a real browser: hostile mails through the gateway, looked at by staff on every page.

Nothing may run (dialogs, reports of the content policy, errors), nothing may be asked of another server, nothing of a
mail may stand outside of its box. The mails that we send on are opened in a bare browser page without any policy.
"""

import http.server
import threading

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import select
from waitress.server import create_server
from webtest import TestApp

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.people import create_person
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.people import AddWatcher
from rtpy.config.config import Config
from rtpy.migrations.run import upgrade
from rtpy.models import (
    IncomingMail,
    Organization,
    OrganizationDomain,
    OutgoingMail,
    Ticket,
    Transaction,
    User,
)
from rtpy.setup import initialise
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.testing.servers import chromium_path
from rtpy.work import Face
from rtpy.wsgi import make_wsgi
from tests.attacks.gateway import hand_in
from tests.attacks.hostile import (
    BREAKING,
    COVERING,
    FETCHING,
    MARKUP,
    RUNNING,
    encoded,
    html_mail,
)
from tests.mail.letters import letter

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]


class Site:
    """A site on loopback whose tickets are made of hostile mails only."""

    def __init__(self, home, templates):
        self.app = App(
            Config.for_tests(home, database__url=f"sqlite:///{home}/rtpy.db", mail__autoreply_per_hour=1000),
            blobs=DatabaseStore(),
        )
        upgrade(self.app.engine)
        initialise(self.app, ROOT_PASSWORD)
        wsgi = make_wsgi(self.app, **{"rtpy.template_cache": templates})
        self._door = TestApp(wsgi, lint=False, extra_environ={"REMOTE_ADDR": "192.0.2.66"})
        self._server = create_server(wsgi, host="127.0.0.1", port=0, threads=4)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.effective_port}"
        self._people()

    def _people(self):
        with self.app.sessions() as db:
            work = self.app.work_in(db)
            for number, markup in enumerate(MARKUP):
                firm = Organization(name=f"{markup} {number}", created=self.app.clock.now())
                db.add(firm)
                db.flush()
                db.add(OrganizationDomain(organization_id=firm.id, domain=f"firm{number}.example"))
            create_person(
                work, name="bob", email_address="bob@client.example", real_name="<b onclick=alert(1)>Bob"
            )
            db.commit()

    def take_in(self, raw):
        """Through the gateway; the number of its ticket."""
        assert hand_in(self._door, raw, queue="General", action="correspond") == "ok\n"
        with self.app.reading_sessions() as db:
            return db.scalars(
                select(Transaction.object_id)
                .where(Transaction.type.in_(("Create", "Correspond")), Transaction.object_type == "ticket")
                .order_by(Transaction.id.desc())
                .limit(1)
            ).one()

    def ticket_of(self, *htmls):
        """A ticket in which a customer says each of these, with Bob and root listening."""
        first, *rest = htmls
        number = self.take_in(html_mail(first))
        with self.app.sessions() as db:
            work = self.app.work_in(db, self.app.actor_named(db, "root", Face.WEB))
            ids = {row.name: row.id for row in db.execute(select(User.name, User.id))}
            ticket = db.get_one(Ticket, number)
            change_ticket(work, ticket, AddWatcher("Cc", ids["bob"]), AddWatcher("AdminCc", ids["root"]))
            db.commit()
        for html in rest:
            assert self.take_in(html_mail(html, subject=f"[rtpy #{number}]")) == number
        return number

    def messages_of(self, number):
        """Ids of what was said, in order."""
        with self.app.reading_sessions() as db:
            query = select(Transaction.id).where(Transaction.object_id == number)
            said = query.where(
                Transaction.object_type == "ticket", Transaction.type.in_(("Create", "Correspond"))
            ).order_by(Transaction.id)
            return db.scalars(said).all()

    def outgoing(self):
        """The HTML of all mails that wait to be sent."""
        with self.app.reading_sessions() as db:
            return [html for html in db.scalars(select(OutgoingMail.html_body).distinct()) if html]

    def close(self):
        self._server.close()
        self._thread.join(5)
        self.app.engine.dispose()


class Watch:
    """What a page did that it must not do."""

    def __init__(self, context, home):
        self.bad = []
        self._home = home
        context.on("request", self._request)
        context.on("page", self._page)

    def _page(self, page):
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.bad.append(f"error {error}"))
        page.on("console", self._console)

    def _dialog(self, dialog):
        self.bad.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _console(self, line):
        # A picture that a mail names and does not have is honestly not found.
        if line.type == "error" and "404" not in line.text:
            self.bad.append(f"console {line.text}")

    def _request(self, request):
        if not request.url.startswith((self._home, "data:", "about:")):
            self.bad.append(f"request {request.url}")


@pytest.fixture(scope="module")
def site(tmp_path_factory, compiled_templates):
    made = Site(tmp_path_factory.mktemp("attacked"), compiled_templates)
    yield made
    made.close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def staff(chromium, site):
    """A context in which root is logged in, with a browser that gives itself a hostile name."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, user_agent=f"Mozilla {MARKUP[1]}")
    page = context.new_page()
    page.goto(f"{site.url}/login")
    page.fill("[name=username]", "root")
    page.fill("[name=password]", ROOT_PASSWORD)
    page.click("form[action$='/login'] button")
    page.wait_for_url(f"{site.url}/")
    page.close()
    yield context
    context.close()


@pytest.fixture
def watch(staff, site):
    """Whatever happens in the pages of the test; must stay empty."""
    watch = Watch(staff, site.url)
    yield watch
    staff.remove_listener("request", watch._request)
    staff.remove_listener("page", watch._page)


@pytest.fixture
def page(staff, watch):
    opened = staff.new_page()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def ran(site):
    return site.ticket_of(*RUNNING)


@pytest.fixture(scope="module")
def broke(site):
    return site.ticket_of(*BREAKING)


@pytest.fixture(scope="module")
def fetched(site):
    return site.ticket_of(*FETCHING)


@pytest.fixture(scope="module")
def covered(site):
    return site.ticket_of(*COVERING)


def provoke(page):
    """Opens what is folded and does to everything in a message what a reader may do."""
    page.evaluate(
        """() => { for (const fold of document.querySelectorAll(".entry details")) fold.open = true;
           for (const one of document.querySelectorAll(".entry-body *"))
             for (const what of ["mouseover", "focus", "mouseenter", "toggle", "error", "load", "click"])
               if (what !== "click" || !one.closest("a, summary"))
                 one.dispatchEvent(new Event(what, {bubbles: true, cancelable: true})); }"""
    )
    page.wait_for_timeout(150)


def schemes_of(page):
    script = "() => [...document.querySelectorAll('.entry-body :is(a, area)[href]')].map((a) => a.protocol)"
    return set(page.evaluate(script))


# --- the ticket's page ------------------------------------------------------------------------------------------


def test_a01_no_script_of_a_mail_runs_on_the_ticket_page(page, site, watch, ran):
    page.goto(f"{site.url}/ticket/{ran}")
    provoke(page)
    assert watch.bad == []
    assert page.locator(".entry-customer").count() == len(RUNNING)
    assert schemes_of(page) <= {"http:", "https:", "mailto:", "tel:"}


def test_a01_nothing_runs_in_quotes_print_history_and_raw_view(page, site, watch, ran, broke):
    quoted = ""
    for ticket in (ran, broke):
        for said in site.messages_of(ticket)[::5]:
            page.goto(f"{site.url}/ticket/{ticket}?quote={said}")
            quoted += page.input_value("#reply-text")
            page.goto(f"{site.url}/ticket/{ticket}/transaction/{said}/raw")
        page.emulate_media(media="print")
        page.goto(f"{site.url}/ticket/{ticket}/history")
        provoke(page)
        page.emulate_media(media="screen")
    assert watch.bad == []
    assert "wrote:" in quoted


def test_a01_a_quoted_script_that_is_sent_back_does_not_run(page, site, watch):
    ticket = site.ticket_of(RUNNING[0], RUNNING[5])
    page.goto(f"{site.url}/ticket/{ticket}?quote={site.messages_of(ticket)[-1]}")
    page.locator("#reply-text").press_sequentially("<script>alert(1)</script> <img src=x onerror=alert(1)>")
    page.click("[data-send=reply]")
    page.locator(".entry-reply").last.wait_for()
    provoke(page)
    assert watch.bad == []


def test_a02_what_breaks_sanitizers_stays_harmless_and_stable_in_the_browser(page, site, watch, broke):
    page.goto(f"{site.url}/ticket/{broke}")
    provoke(page)
    assert watch.bad == []
    assert page.locator(".conversation > .entry-customer").count() == len(BREAKING)
    unstable = page.evaluate(
        """() => [...document.querySelectorAll(".entry-body")].map((box) => box.innerHTML).filter((html) => {
             const again = document.createElement("div"); again.innerHTML = html; return again.innerHTML !== html; })"""
    )
    assert unstable == []


def test_a02_no_mail_closes_the_box_that_it_stands_in(page, site, broke):
    page.goto(f"{site.url}/ticket/{broke}")
    for words in ("outside?", "after"):
        for place in page.get_by_text(words, exact=False).all():
            assert place.evaluate("(one) => one.closest('.entry-body') !== null")


def test_a07_nothing_is_fetched_when_a_mail_is_opened(page, site, watch, fetched):
    page.goto(f"{site.url}/ticket/{fetched}")
    provoke(page)
    page.wait_for_load_state("networkidle")
    assert watch.bad == []
    assert page.locator(".entry-customer").count() == len(FETCHING)
    assert "evil.example" not in " ".join(
        page.evaluate("() => performance.getEntriesByType('resource').map((one) => one.name)")
    )


def test_a08_no_mail_stands_over_the_buttons(page, site, watch, covered):
    page.goto(f"{site.url}/ticket/{covered}")
    provoke(page)
    for wanted in (
        "#reply [data-send=reply]",
        "#search",
        ".composer-tabs label >> nth=1",
        ".rail a >> nth=0",
    ):
        button = page.locator(wanted)
        button.scroll_into_view_if_needed()
        hit = button.evaluate(
            """(button) => { const box = button.getBoundingClientRect();
               const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
               const same = top !== null && (button.contains(top) || top.contains(button));
               return same && !top.closest(".entry-body"); }"""
        )
        assert hit, wanted
    assert watch.bad == []


def test_a08_what_is_wide_or_high_is_cut_or_scrolls_within_its_box(page, site, covered):
    page.goto(f"{site.url}/ticket/{covered}")
    outside = page.evaluate(
        """() => { const found = [];
             for (const entry of document.querySelectorAll(".entry")) {
               const box = entry.getBoundingClientRect();
               for (const one of entry.querySelectorAll(".entry-body, .entry-body *")) {
                 let part = one.getBoundingClientRect(), left = part.left, right = part.right;
                 for (let up = one.parentElement; up && up !== entry; up = up.parentElement) {
                   if (getComputedStyle(up).overflowX === "visible") continue;
                   const cut = up.getBoundingClientRect();
                   left = Math.max(left, cut.left); right = Math.min(right, cut.right);
                 }
                 if (right > left && (right > box.right + 1 || left < box.left - 1))
                   found.push([one.outerHTML.slice(0, 80), left, right, box.left, box.right]);
                 if (getComputedStyle(one).position !== "static" && !one.matches(".visually-hidden"))
                   found.push(["positioned", one.outerHTML.slice(0, 80)]);
               } } return found; }"""
    )
    assert outside == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a08_no_style_name_or_id_of_a_mail_is_left(page, site, covered):
    page.goto(f"{site.url}/ticket/{covered}")
    left = page.evaluate(
        """() => [...document.querySelectorAll(".entry-body [style], .entry-body style, .entry-body [id],"
             + ".entry-body [name], .entry-body form, .entry-body button, .entry-body input, .entry-body .composer,"
             + ".entry-body .flash, .entry-body .modal, .entry-body [data-send]")].map((one) => one.outerHTML)"""
    )
    assert left == []
    assert page.locator("#conversation").count() == 1
    assert (
        page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor") != "rgb(255, 0, 0)"
    )


# --- links ------------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere():
    """Another server on loopback that notes what it was asked with."""
    asked = []

    class Noting(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Referer")))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<script>document.title = String(window.opener)</script>")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_a09_a_link_opens_elsewhere_without_referer_and_without_a_way_back(staff, page, site, elsewhere):
    url, asked = elsewhere
    ticket = site.ticket_of(f"<a href='{url}/html' rel=opener target=_top>one</a>")
    site.take_in(letter(f"see {url}/text\n", subject=f"[rtpy #{ticket}]"))
    page.goto(f"{site.url}/ticket/{ticket}")
    for path in ("html", "text"):
        with staff.expect_page() as opened:
            page.click(f".entry-body a[href$='/{path}']")
        opened.value.wait_for_load_state()
        assert opened.value.title() == "null"
        opened.value.close()
    assert [(path, referer) for path, referer in asked if "favicon" not in path] == [
        ("/html", None),
        ("/text", None),
    ]


def test_a09_every_link_of_a_mail_has_rel_and_target(page, site, ran, broke, fetched, covered):
    for ticket in (ran, broke, fetched, covered):
        page.goto(f"{site.url}/ticket/{ticket}")
        bad = page.evaluate(
            """() => [...document.querySelectorAll(".entry-body a")].filter((a) => a.target !== "_blank"
                 || !a.relList.contains("noopener") || !a.relList.contains("noreferrer")).map((a) => a.outerHTML)"""
        )
        assert bad == []


def test_a09_addresses_of_pages_hold_no_secret(page, site, ran):
    page.goto(f"{site.url}/ticket/{ran}")
    addresses = page.evaluate(
        "() => [...document.querySelectorAll('a[href], link[href], script[src]')].map((one) => one.href || one.src)"
    )
    secret = page.locator("[name=csrf_token]").first.get_attribute("value")
    assert not [one for one in addresses if secret in one or "token=" in one or "session=" in one]


def test_a11_text_becomes_links_that_tell_the_truth(page, site, watch):
    text = (
        "javascript:alert(1) data:text/html,x http://real.example@evil.example/ http://xn--pple-43d.example/ "
        "http://\u0430pple.example/ " + "http://long.example/" + "a" * 100_000 + " https://honest.example/x\n"
    )
    raw = letter(text, subject="links").replace(
        b"Subject:", b"Content-Type: text/plain; charset=utf-8\nSubject:"
    )
    page.goto(f"{site.url}/ticket/{site.take_in(raw)}")
    links = page.evaluate(
        "() => [...document.querySelectorAll('.entry-body a')].map((a) => [a.href, a.innerText])"
    )
    assert "https://honest.example/x" in [href for href, _ in links]
    for href, shown in links:
        assert href.startswith(("http://", "https://"))
        assert len(href) < 5000
        assert "@" not in href.split("/")[2]
        assert "\u0430" not in shown
    assert watch.bad == []


# --- other places -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def marked(site):
    """Tickets whose subjects, senders, domains and programs carry markup."""
    return [
        site.take_in(
            html_mail(
                markup,
                subject=encoded(markup),
                sender=f"{encoded(markup)} <ann{number}@firm{number}.example>",
                user_agent=encoded(markup),
                organization=encoded(markup),
                x_mailer=markup,
            )
        )
        for number, markup in enumerate(MARKUP)
    ]


def test_a10_markup_in_names_and_subjects_is_text_on_every_page(page, site, watch, marked):
    with site.app.reading_sessions() as db:
        people = db.scalars(select(User.id).where(User.email_address.like("%@firm%.example"))).all()
        firms = db.scalars(select(Organization.id)).all()
    assert (len(people), len(firms)) == (len(MARKUP), len(MARKUP))
    paths = [
        "/",
        "/tickets",
        "/tickets?status=all",
        "/search?q=script",
        "/queue",
        "/queue/1",
        "/people",
        "/sessions",
    ]
    paths += [
        "/organisations",
        "/admin",
        "/admin/mail/incoming",
        "/admin/mail/outgoing",
        "/admin/scrip_failures",
    ]
    paths += [f"/ticket/{ticket}" for ticket in marked]
    paths += [
        "/ticket/create",
        *(f"/people/{one}" for one in people[:3]),
        *(f"/organisations/{one}" for one in firms[:3]),
    ]
    for ticket in marked[1:3]:
        said = site.messages_of(ticket)[0]
        paths += [f"/ticket/{ticket}{more}" for more in ("/history", "/people")]
        paths += [f"/ticket/{ticket}/transaction/{said}/raw", f"/ticket/{ticket}?quote={said}"]
    for row in (IncomingMail, OutgoingMail):
        kind = row.__tablename__.partition("_")[0]
        with site.app.reading_sessions() as db:
            numbers = db.scalars(select(row.id).where(row.ticket_id.in_(marked[:2])).order_by(row.id)).all()
        assert numbers
        paths += [f"/admin/mail/{kind}/{number}" for number in numbers[:2]]
    shown = set()
    for path in paths:
        answer = page.goto(site.url + path)
        assert answer.status == 200, path
        shown |= {
            markup for markup in MARKUP if markup in page.content().replace("&lt;", "<").replace("&gt;", ">")
        }
        text = page.evaluate("document.body.innerText")
        if any(f"/ticket/{ticket}" == path for ticket in marked):
            assert MARKUP[marked.index(int(path.split("/")[2]))].split()[0] in text, path
    assert watch.bad == []
    assert page.locator(".entry-body script").count() == 0
    assert len(shown) >= len(MARKUP) - 1


def test_a10_markup_in_the_browsers_own_name_is_text(page, site, watch):
    page.goto(f"{site.url}/sessions")
    assert watch.bad == []


def test_a01_a02_a07_a08_a10_the_mails_we_send_on_carry_none_of_it(
    chromium, site, ran, broke, fetched, covered, marked
):
    """Autoreplies and notices of all hostile mails, in a page without any content policy."""
    context = chromium.new_context()
    watch = Watch(context, "about:")
    page = context.new_page()
    mails = site.outgoing()
    assert len(mails) > len(RUNNING)
    left = []
    for html in mails:
        page.set_content(html)
        left += page.evaluate(
            """() => [...document.querySelectorAll("script, style, iframe, object, embed, form, svg, math, link,"
                 + "meta[http-equiv],"
                 + "img, base, video, audio, input")].map((one) => one.outerHTML.slice(0, 200)).concat(
                [...document.querySelectorAll("*")].filter((one) => [...one.attributes].some((a) =>
                  a.name.startsWith("on")
                  || (["href", "src"].includes(a.name) && !/^(https?|mailto|tel):/.test(a.value))))
                  .map((one) => one.outerHTML.slice(0, 200)))"""
        )
    page.wait_for_timeout(100)
    context.close()
    assert (watch.bad, left) == ([], [])
