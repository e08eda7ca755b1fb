"""An administrator builds a shop in the browser; a customer's mail runs through all of it; the shop moves house.

A lifecycle, a queue, a field with a pattern, a group, a right, a template and a scrip with an expression are made by
forms alone. The set-up is then written out, loaded into an empty installation, and written out again: both files are
equal.
"""

import time
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import chromium_path

PASSWORD = "a shop built in the browser"
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()
CUSTOMER = "carl@client.example"
MAIL = f"""From: Carl Client <{CUSTOMER}>
To: orders@shop.example
Subject: Three laptops, please
Message-ID: <three-laptops@client.example>
Date: Mon, 02 Mar 2026 09:00:00 +0000
Content-Type: text/plain; charset=utf-8

We need three more laptops for the new office.
"""
TEMPLATE = """Subject: Ordered: {{ ticket.subject }}

Thank you, we look at your order.
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, compiled_templates: Path) -> Iterator[RunningSite]:
    with running_site(
        tmp_path_factory.mktemp("shop"), password=PASSWORD, templates=compiled_templates
    ) as site:
        made = site.command(
            "user", "create", "tom", "--email", "tom@staff.example", "--privileged", "--password", PASSWORD
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        site.start("serve")
        site.start("worker")
        yield site


@pytest.fixture(scope="module")
def page(site: RunningSite) -> Iterator[Page]:
    """A browser in which root is logged in."""
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{site.url}/login")
        page.fill("#username", "root")
        page.fill("#password", PASSWORD)
        page.click("button:has-text('Log in')")
        page.wait_for_url(f"{site.url}/")
        yield page
        browser.close()


def _fill(page: Page, address: str, **values: str | bool) -> None:
    """Open a form of the administration, fill it, save it, and see that it was taken."""
    page.goto(address)
    for name, value in values.items():
        field = page.locator(f"main [name='{name}']").first
        if isinstance(value, bool):
            field.set_checked(value)
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    page.locator("main button[value='save']").first.click()
    expect(page.locator(".problems")).to_have_count(0)
    expect(page.locator(".flash").first).to_be_visible(timeout=20_000)


def _mail_with(site: RunningSite, subject: str) -> Message:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        for mail in site.sent_mails():
            if subject in (mail["Subject"] or "") and CUSTOMER in (mail["To"] or ""):
                return mail
        time.sleep(0.3)
    raise AssertionError(f"no mail with {subject}: {[mail['Subject'] for mail in site.sent_mails()]}")


def _build(site: RunningSite, page: Page) -> None:
    admin = f"{site.url}/admin"
    _fill(page, f"{admin}/lifecycles/create", name="orders")
    page.fill("[name='active']", "open\nordered")
    page.click("button[value='check']")
    for move in ("open -> ordered", "ordered -> closed"):
        page.locator(f"[name='move'][value='{move}']").check()
    page.click("main button[value='save']")
    expect(page.locator(".problems")).to_have_count(0)
    _fill(
        page, f"{admin}/queues/create",
        name="Orders", lifecycle="orders", correspond_address="orders@shop.example",
    )  # fmt: skip
    _fill(
        page, f"{admin}/custom-fields/create",
        name="Cost centre", pattern=r"^(\d{4})?$", validation_hint="four digits", everywhere=True,
    )  # fmt: skip
    _fill(page, f"{admin}/groups/create", name="Buyers", description="Who orders")
    page.fill("main [name='member']", "tom")
    page.locator("main form:has([name='member']) button").first.click()
    expect(page.locator("main")).to_contain_text("tom")
    _grant(site, page)
    _fill(page, f"{admin}/templates/create", name="Ordered", queue="Orders", content=TEMPLATE)
    page.goto(f"{admin}/scrips/create")
    page.fill("[name='description']", "Thank for orders of laptops")
    page.select_option("[name='queues']", label="Orders")
    page.select_option("[name='condition']", label="By Expression")
    page.fill("[name='transaction_types']", "Create")
    page.fill("[name='expression']", "'laptop' in lower(ticket.subject)")
    page.select_option("[name='action']", label="Autoreply To Requestors")
    page.select_option("[name='template']", label="Ordered")
    page.locator("main button[value='save']").first.click()
    expect(page.locator(".problems")).to_have_count(0)


def _grant(site: RunningSite, page: Page) -> None:
    """Let Buyers be internal copies of their own accord, by the matrix and its page of review."""
    page.goto(f"{site.url}/admin/queues")
    page.get_by_role("link", name="Orders", exact=True).last.click()
    page.get_by_role("link", name="Rights", exact=True).last.click()
    page.fill("[name='add']", "Buyers")
    page.locator("form:has([name='add']) button").last.click()
    page.locator("tr:has-text('CreateTicket') td[data-label*='Buyers'] input[type=checkbox]").check()
    page.locator("main form[method='post'] button").first.click()
    expect(page.locator("main")).to_contain_text("Buyers")
    page.locator("main form[method='post'] button").first.click()
    expect(page.locator(".flash").first).to_be_visible(timeout=20_000)


def _set_cost_centre(page: Page, value: str) -> None:
    page.locator("#sidebar details:has(input[name='cf_1']) summary").click()
    page.fill("#sidebar input[name='cf_1']", value)
    page.press("#sidebar input[name='cf_1']", "Enter")


def test_a_shop_is_built_in_the_browser_and_moves_to_another_machine(
    site: RunningSite, page: Page, tmp_path: Path
) -> None:
    _build(site, page)

    assert site.send(MAIL.encode(), queue="Orders") == 0
    thanks = _mail_with(site, "Ordered: Three laptops, please")
    assert "orders@shop.example" in thanks["From"]

    page.goto(f"{site.url}/tickets")
    page.get_by_role("link", name="Three laptops, please").first.click()
    expect(page.locator("#sidebar")).to_contain_text("Cost centre")
    _set_cost_centre(page, "12")
    expect(page.locator("body")).to_contain_text("four digits")
    page.goto(f"{site.url}/ticket/1")
    _set_cost_centre(page, "4711")
    expect(page.locator("#conversation")).to_contain_text("4711")
    page.goto(f"{site.url}/admin/log?q=Orders")
    expect(page.locator("main")).to_contain_text("made the queue Orders")

    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    assert site.command("config", "export", "--output", str(first)).returncode == 0
    with running_site(tmp_path / "other", password=PASSWORD) as other:
        loaded = other.command("load", str(first))
        assert loaded.returncode == 0, loaded.stderr
        assert other.command("config", "export", "--output", str(second)).returncode == 0
    written = first.read_text()
    assert second.read_text() == written
    for made in ("orders", "Orders", "Cost centre", "Buyers", "Ordered", "Thank for orders of laptops"):
        assert f'"{made}"' in written, made
