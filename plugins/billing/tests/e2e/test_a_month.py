"""A month with real processes and a real browser: from the first minute to the last payment.

Three techs log time with a reply, by a timer and in the week sheet; a block runs out and the customer agrees to more
by a link; a lead approves; invoices are issued, mailed, one of them credited and written anew; a payment comes in, and
the number of loose ends goes back to nought. What was written for ourselves never reaches a customer.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page, expect

from plugins.billing.tests.e2e.by_link import read_by_link
from plugins.billing.tests.e2e.seen import download, mail_that, parts_of, person, words_of
from plugins.billing.tests.e2e.shop import (
    CLINIC,
    SCHOOL,
    SECRET,
    Opened,
    draft_one,
    mail_statement,
    open_shop,
)
from rtpy.testing.looking import accessible, chromium
from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import chromium_path

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, compiled_templates) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("month")
    with running_site(
        folder, password="a month of work", templates=compiled_templates, plugins=["billing"]
    ) as site:
        yield site


@pytest.fixture(scope="module")
def shop(site: RunningSite) -> Opened:
    opened = open_shop(site)
    site.start("serve")
    site.start("worker")
    return opened


@pytest.fixture(scope="module", name="chromium")
def a_browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_a_month(site: RunningSite, shop: Opened, chromium: Browser) -> None:
    with person(chromium, site, shop.cookies["tom"]) as tom:
        _log_with_a_reply(tom, shop)
    with person(chromium, site, shop.cookies["aylin"]) as aylin:
        _log_by_timer(aylin, shop)
    with person(chromium, site, shop.cookies["jonas"]) as jonas:
        _log_in_the_week_sheet(jonas, shop)
    with person(chromium, site, shop.cookies["mira"]) as mira:
        _ask_for_consent(mira, shop)
        _agree(chromium, site)
        _approve(mira)
        _issue_the_clinics(mira, site, shop)
        _credit_and_issue_anew(mira, shop)
        _read_what_customers_read(mira, site, shop)
        mail_statement(site, shop)
        read_by_link(chromium, site)
        _tie_up_the_loose_ends(mira)


def test_a_server_killed_while_it_issues_loses_no_number(
    site: RunningSite, shop: Opened, chromium: Browser
) -> None:
    drafted = draft_one(site, shop)
    site.start("serve", crash_at="invoice-numbered")
    with person(chromium, site, shop.cookies["mira"], may_break=True) as page:
        page.goto(f"/billing/invoices/{drafted.id}")
        page.fill("[name=confirmed]", drafted.total)
        page.get_by_role("button", name="Issue it").click(no_wait_after=True)
        site.wait_for_end("serve")
        site.start("serve")
        page.goto(f"/billing/invoices/{drafted.id}")
        expect(page.locator(".invoice-preview")).to_be_visible()
        _issue(page, drafted.total, f"R-{drafted.next_number:04}")


def _log_with_a_reply(page: Page, shop: Opened) -> None:
    """An hour and twenty with a reply; half an hour of it is prepaid. A comment stays among ourselves."""
    page.goto(f"/ticket/{shop.hot}")
    expect(page.locator(".billing-strip")).to_contain_text("covered · 0:30 left")
    page.get_by_role("button", name="Take").first.click()
    expect(page.locator("#conversation")).to_contain_text("Tom Bauer took it")
    page.locator(".composer-tabs label", has_text="Internal comment").click()
    page.fill("#comment-text", f"The caretaker blocked the vents. {SECRET}")
    page.locator("[data-send=comment]").click()
    expect(page.locator(".entry-comment").last).to_contain_text("The caretaker blocked the vents.")
    page.locator(".composer-tabs label", has_text="Reply").click()
    page.fill("#reply-text", "The vents are free again and the fans are new.")
    page.fill("#reply-minutes", "1h20")
    page.select_option("#reply-work-type", label="On site")
    page.locator("#reply .billing-note summary").click()
    page.fill("#reply-note", "Cooling of the server room repaired")
    page.locator("[data-send=reply]").click()
    expect(page.locator("#conversation")).to_contain_text("the fans are new")
    page.goto(f"/ticket/{shop.hot}")
    expect(page.locator(".billing-strip")).to_contain_text("waits")
    expect(page.locator("#sidebar")).to_contain_text("2 h 50 min")
    _hand_in(page, 2)


def _log_by_timer(page: Page, shop: Opened) -> None:
    """Start, pause, go on, stop; what the clock says is only a proposal."""
    page.goto(f"/ticket/{shop.laptops}")
    page.get_by_role("button", name="Take").first.click()
    expect(page.locator("#conversation")).to_contain_text("Aylin Demir took it")
    page.fill("#reply-text", "I am on my way.")
    page.locator("[data-send=reply]").click()
    expect(page.locator("#conversation")).to_contain_text("I am on my way.")
    page.get_by_role("button", name="Start timer").click()
    expect(page.locator(".billing-clock")).to_contain_text("timer runs")
    page.goto("/billing/timers")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".billing-clock")).to_contain_text("paused timers")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".billing-clock")).to_contain_text("timer runs")
    page.get_by_role("button", name="Stop and log").click()
    expect(page.get_by_role("heading", name="Log time")).to_be_visible()
    page.fill("[name=minutes]", "45m")
    page.select_option("[name=work_type]", label="On site")
    page.fill("[name=note_customer]", "Two laptops set up")
    page.fill("[name=note_internal]", f"The teacher was rude. {SECRET}")
    accessible(page)
    page.get_by_role("button", name="Log it").click()
    expect(page.locator("#ticket-head")).to_contain_text("Laptops of class 4b")
    expect(page.locator(".billing-clock")).to_have_count(0)
    _hand_in(page, 1)


def _log_in_the_week_sheet(page: Page, shop: Opened) -> None:
    """Two days of last week by the keyboard alone."""
    page.goto("/billing/week")
    page.get_by_role("link", name="Week before").click()
    page.locator("#add").focus()
    page.keyboard.type(str(shop.laptops))
    page.keyboard.press("Enter")
    row = page.locator(f"#c-t{shop.laptops}-0")
    row.focus()
    page.keyboard.type("1:00")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("0.5h")
    page.keyboard.press("Enter")
    expect(page.locator(".flash").first).to_contain_text("The week is saved.")
    expect(page.locator(".billing-sheet tfoot")).to_contain_text("1:30")
    accessible(page)
    page.get_by_role("button", name="Save and hand in").click()
    expect(page.locator(".flash").first).to_contain_text("2 entries are handed in.")


def _hand_in(page: Page, number: int) -> None:
    page.goto("/billing/time")
    expect(page.locator("main tbody tr")).to_have_count(number)
    if number > 1:
        accessible(page)
    page.get_by_role("button", name="Hand in all drafts until today").click()
    expect(page.locator("main tbody .badge", has_text="draft")).to_have_count(0)


def _ask_for_consent(page: Page, shop: Opened) -> None:
    """The board says that work waits; the ledger sends the link."""
    page.goto("/billing/loose-ends")
    page.get_by_role("button", name="Look again").click()
    expect(page.locator("main")).to_contain_text("waits for the customer's consent")
    expect(page.locator("main")).to_contain_text("Toner at half the price!")
    accessible(page)
    page.goto(f"/billing/agreements/{shop.agreement}")
    expect(page.locator("main")).to_contain_text("2:00 h of 2:00 h used")
    accessible(page)
    page.get_by_role("link", name="Ledger of Two hours").click()
    expect(page.locator("main")).to_contain_text("0:50 h wait for consent")
    page.fill("[name=text]", "The cooling had to be repaired at once.")
    page.get_by_role("button", name="Send the link").click()
    expect(page.locator(".flash").first).to_contain_text("bills@clinic.example gets the link by mail.")


def _agree(chromium: Browser, site: RunningSite) -> None:
    """The customer needs no account, no script and no large screen."""
    mail = mail_that(site, lambda mail: "May we go on?" in (mail["Subject"] or ""))
    text = parts_of(mail)["text/plain"].decode()
    link = re.search(r"/billing/consent/\S+", text)
    assert link is not None
    assert SECRET not in text
    narrow = {"viewport": {"width": 390, "height": 844}}
    with person(chromium, site, **narrow) as page:
        page.goto(link[0])
        accessible(page)
    with person(chromium, site, java_script_enabled=False, **narrow) as page:
        page.goto(link[0])
        expect(page.locator("main")).to_contain_text("The cooling had to be repaired at once.")
        expect(page.locator("main")).to_contain_text("120.00\xa0EUR")
        assert SECRET not in page.content()
        assert "ticket" not in page.content().lower()
        page.fill("#name", "Ann Miller")
        page.get_by_role("button", name="Yes, go on").click()
        expect(page.get_by_role("status")).to_be_visible()
        expect(page.get_by_role("button", name="Yes, go on")).to_have_count(0)
        assert SECRET not in page.content()


def _approve(page: Page) -> None:
    """First that it was worked, then what is charged."""
    page.goto("/billing/approval?step=time")
    expect(page.locator("main tbody tr")).to_have_count(5)
    expect(page.locator("main tbody")).to_contain_text(SECRET)
    accessible(page)
    page.get_by_role("button", name="Approve this whole page").click()
    expect(page.locator("main")).to_contain_text("Nothing waits here")
    page.goto("/billing/approval?step=billing")
    expect(page.locator("main tbody tr")).to_have_count(5)
    page.get_by_role("button", name="Approve this whole page").click()
    expect(page.locator("main")).to_contain_text("Nothing waits here")


def _prepare(page: Page, customer: str) -> None:
    """Everything of one customer until today."""
    page.goto("/billing/invoices/prepare")
    page.select_option("[name=customer]", label=customer)
    page.fill("[name=last_day]", page.evaluate("new Date().toISOString().slice(0, 10)"))
    page.locator("main button.button-primary").click()
    expect(page.locator(".invoice-preview")).to_be_visible()


def _issue(page: Page, total: str, title: str) -> None:
    page.fill("[name=confirmed]", total)
    page.get_by_role("button", name="Issue it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def _issue_the_clinics(page: Page, site: RunningSite, shop: Opened) -> None:
    """Two prepaid hours and fifty minutes on top: looked at, issued, downloaded, mailed, paid."""
    _prepare(page, CLINIC)
    expect(page.locator("main")).to_contain_text("Cooling of the server room repaired")
    accessible(page)
    preview = words_of(download(page, "PDF preview"))
    assert "Nordlicht IT GmbH" in preview
    page.fill("[name=confirmed]", "300")
    page.get_by_role("button", name="Issue it").click()
    expect(page.locator(".problems")).to_be_visible()
    _issue(page, "357.00", "R-0001")
    accessible(page)
    pdf = words_of(download(page, "PDF"))
    ubl = download(page, "UBL")
    _is_the_invoice(pdf, ubl, "R-0001", "357.00")
    page.get_by_role("link", name="Deliver").click()
    page.get_by_role("button", name="Send it").click()
    expect(page.locator(".flash").first).to_contain_text("The mail to bills@clinic.example is on its way.")
    parts = parts_of(mail_that(site, lambda mail: "R-0001" in (mail["Subject"] or "")))
    xml = next(data for kind, data in parts.items() if kind.endswith("xml"))
    _is_the_invoice(words_of(parts["application/pdf"]), xml, "R-0001", "357.00")
    assert SECRET not in parts["text/plain"].decode()
    page.get_by_role("button", name="Note the payment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("paid")


def _is_the_invoice(pdf: str, ubl: bytes, number: str, total: str) -> None:
    assert number in pdf
    assert total in pdf
    texts = [element.text for element in ElementTree.fromstring(ubl).iter()]
    assert number in texts
    assert total in texts
    assert SECRET not in pdf
    assert SECRET not in " ".join(text or "" for text in texts)


def _credit_and_issue_anew(page: Page, shop: Opened) -> None:
    """The school wants its purchase order on it: credited, its work released, and billed again under a new number."""
    _prepare(page, SCHOOL)
    _issue(page, "254.36", "R-0002")
    page.locator("main").get_by_role("link", name="Credit", exact=True).click()
    page.fill("[name=reason]", "The purchase order was missing.")
    expect(page.locator("[name=releases]")).to_be_checked()
    page.get_by_role("button", name="Draft the credit note").click()
    _issue(page, "254.36", "G-0001")
    page.get_by_role("button", name="Note it").click()
    _prepare(page, SCHOOL)
    page.fill("[name=purchase_order]", "PO-7")
    page.get_by_role("button", name="Save", exact=True).click()
    _issue(page, "254.36", "R-0003")
    pdf, ubl = words_of(download(page, "PDF")), download(page, "UBL")
    _is_the_invoice(pdf, ubl, "R-0003", "254.36")
    assert "PO-7" in pdf
    assert "Two laptops set up" in pdf
    page.goto("/billing/invoices?show=all")
    listed = re.findall(r"[RG]-\d{4}", page.locator("main tbody").inner_text())
    assert sorted(set(listed)) == ["G-0001", "R-0001", "R-0002", "R-0003"]


def _read_what_customers_read(page: Page, site: RunningSite, shop: Opened) -> None:
    """Statements and mails say nothing that was written for ourselves; what staff look at is looked at, too."""
    for customer, note in ((shop.clinic, "Cooling of the server room"), (shop.school, "Two laptops set up")):
        page.goto(f"/billing/customer/{customer}/statement")
        pdf = words_of(download(page, "PDF"))
        assert note in page.content()
        assert note in pdf
        assert SECRET not in page.content() + pdf
    for mail in site.sent_mails():
        if "@staff.example" not in mail["To"]:
            assert SECRET.encode() not in b" ".join(parts_of(mail).values()), mail["Subject"]
    page.goto(f"/billing/customer/{shop.clinic}")
    expect(page.locator("main")).to_contain_text("R-0001")
    accessible(page)
    page.goto("/billing/reports/unbilled")
    accessible(page)


def _tie_up_the_loose_ends(page: Page) -> None:
    """What is left is none; each gets its reason."""
    page.goto("/billing/loose-ends")
    page.get_by_role("button", name="Look again").click()
    ends = page.locator(".billing-loose li")
    expect(ends.first).to_be_visible()
    number = ends.count()
    while number:
        ends.first.locator("summary").click()
        ends.first.locator("[name=reason]").fill("Advertising, or known to the customer")
        ends.first.get_by_role("button", name="It is not a problem").click()
        number -= 1
        expect(page.locator("[data-loose-ends]")).to_have_attribute("data-loose-ends", str(number))
    page.get_by_role("button", name="Look again").click()
    expect(page.locator("main")).to_contain_text("Everything is in hand")
    expect(page.locator("[data-loose-ends]")).to_have_attribute("data-loose-ends", "0")
