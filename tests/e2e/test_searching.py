"""A technician's day with lists: a search built from rows, kept, charted, changed in one step, taken away as a file.

Everything is done in the browser; mails come by the gateway and are indexed by the worker.
"""

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import chromium_path

PASSWORD = "lists all day long"
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]


def mail(number: int, sender: str, subject: str, text: str) -> bytes:
    return (
        f"From: {sender}\nTo: rt@shop.example\nSubject: {subject}\nMessage-ID: <{number}@client.example>\n"
        f"Date: Mon, 02 Mar 2026 09:0{number}:00 +0000\n\n{text}\n"
    ).encode()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, compiled_templates: Path) -> Iterator[RunningSite]:
    with running_site(
        tmp_path_factory.mktemp("lists"), password=PASSWORD, templates=compiled_templates
    ) as site:
        site.start("serve")
        site.start("worker")
        site.send(mail(1, "Ann <ann@client.example>", "Printer jam", "The tray swallows paper."))
        site.send(mail(2, "Ann <ann@client.example>", "Second printer", "Grey stripes."))
        site.send(mail(3, "Bob <bob@other.example>", "Router down", "No lamp is lit, the printer waits too."))
        yield site


@pytest.fixture(scope="module")
def page(site: RunningSite) -> Iterator[Page]:
    """A browser in which root is logged in."""
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
        page.goto(f"{site.url}/login")
        page.fill("#username", "root")
        page.fill("#password", PASSWORD)
        page.click("button:has-text('Log in')")
        page.wait_for_url(f"{site.url}/")
        yield page
        browser.close()


def found(page: Page) -> list[str]:
    return page.locator("#tickets [data-open-item]").all_inner_texts()


def test_a_search_from_the_box_to_a_file(site: RunningSite, page: Page, tmp_path: Path) -> None:
    # Words of messages are found as soon as the worker has read them.
    for _ in range(60):
        page.goto(f"{site.url}/search?q=swallows")
        if found(page) == ["Printer jam"]:
            break
        time.sleep(0.5)
    assert found(page) == ["Printer jam"]

    # Rows and text stay in step while one types.
    page.goto(f"{site.url}/search")
    text = page.locator("#query")
    page.select_option(".build-field", "Subject")
    expect(text).to_have_value("Subject = ''")
    page.select_option(".build-op", "LIKE")
    expect(text).to_have_value("Subject LIKE ''")
    page.fill(".build-value", "printer")
    page.locator(".build-value").press("Tab")
    expect(text).to_have_value("Subject LIKE 'printer'")
    # A day is picked, and can be written in words.
    page.select_option(".build-field", "Created")
    page.select_option(".build-op", ">")
    page.fill(".build-day", "2026-03-05")
    page.locator(".build-day").press("Tab")
    expect(text).to_have_value("Created > '2026-03-05'")
    expect(page.locator(".build-value")).to_have_value("2026-03-05")
    page.fill(".build-value", "yesterday")
    page.locator(".build-value").press("Tab")
    expect(text).to_have_value("Created > 'yesterday'")
    text.fill("Subject LIKE 'printer' AND Requestor LIKE 'ann'")
    text.press("Tab")
    expect(page.locator(".build-field")).to_have_count(2)
    page.click("#builder .button-primary")
    page.wait_for_url("**/search?**")
    assert sorted(found(page)) == ["Printer jam", "Second printer"]

    # Kept, and in the menu.
    page.click("summary:has-text('Save this search')")
    page.fill("#save-name", "Ann's printers")
    page.click("#save button[value='new']")
    expect(page.locator("h1")).to_have_text("Ann's printers")
    page.goto(f"{site.url}/search/saved")
    page.click("button[value='pin']")
    expect(page.locator("nav.rail")).to_contain_text("Ann's printers")

    # As a board: a card is dragged; the same by keyboard.
    page.click("nav.rail a:has-text('printers')")
    page.click("nav.tabs a:has-text('Board')")
    page.locator(".board-card", has_text="Printer jam").drag_to(page.locator("[data-value='open']"))
    expect(page.locator("[data-value='open']")).to_contain_text("Printer jam")
    card = page.locator(".board-card", has_text="Second printer")
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    card.locator("select").select_option("stalled")
    card.locator("button").press("Enter")
    expect(page.locator("[data-value='stalled']")).to_contain_text("Second printer")

    # As a chart, whose bars lead to the tickets.
    page.click("nav.tabs a:has-text('Chart')")
    bar = page.locator("svg.chart a").first
    assert bar.get_attribute("aria-label").endswith(": 1")
    bar.hover()
    expect(page.locator(".chart-tip")).to_have_text(bar.get_attribute("aria-label"))
    bar.focus()
    page.keyboard.press("ArrowDown")
    other = page.locator("svg.chart a").nth(1)
    expect(other).to_be_focused()
    expect(page.locator(".chart-tip")).to_have_text(other.get_attribute("aria-label"))
    assert page.locator("svg.chart [tabindex='0']").count() == 1
    page.keyboard.press("Escape")
    expect(page.locator(".chart-tip")).to_be_hidden()
    bar.click()
    page.wait_for_load_state()
    assert len(found(page)) == 1

    # All in one step, one mail for Ann.
    page.goto(f"{site.url}/search?Query=Subject LIKE 'printer'")
    page.click("a:has-text('Change all 2')")
    page.select_option("#field-status", "resolved")
    page.fill("#field-reply", "A technician was there.")
    page.click("button[value='preview']")
    expect(page.locator("#bulk [role='status']")).to_contain_text("2 of 2 change")
    page.click("button[value='apply']")
    expect(page.locator("#flashes")).to_contain_text("2 tickets changed")
    for _ in range(60):
        letters = [
            letter for letter in site.sent_mails() if "News about 2 requests" in str(letter["Subject"])
        ]
        if letters:
            break
        time.sleep(0.5)
    (letter,) = letters
    assert letter["To"] == "Ann <ann@client.example>"

    # Out as a file.
    page.goto(f"{site.url}/search?Query=Status = 'resolved'&OrderBy=id&Format=id, Subject, Status")
    with page.expect_download() as download:
        page.click("a:has-text('CSV')")
    file = tmp_path / "tickets.csv"
    download.value.save_as(file)
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [row[1:] for row in rows] == [
        ["Subject", "Status"],
        ["Printer jam", "resolved"],
        ["Second printer", "resolved"],
    ]
