"""The whole story with real processes and a real browser.

A customer's mail comes in by `rtpy-mailgate`, the customer hears back at once, a tech logs in, takes the ticket,
replies with fifteen minutes, resolves it, and the customer is told. Screenshots of every page on the way, wide and
narrow, light and dark, lie in the folder that RTPY_SCREENSHOTS names (else in a temporary one).
"""

import os
import time
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import chromium_path

PASSWORD = "a story told end to end"
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
CUSTOMER = "ann.miller@client.example"

MAIL = f"""From: Ann Miller <{CUSTOMER}>
To: rt@localhost
Subject: The printer on the second floor prints everything green
Message-ID: <green-printer@client.example>
Date: Mon, 02 Mar 2026 09:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Good morning,

since today the printer on the second floor prints everything in green. The board
meets at eleven and the papers are green too.

Can somebody look?

Best regards
Ann Miller
--\x20
Ann Miller | Client Ltd | Harbour Street 5
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, compiled_templates: Path) -> Iterator[RunningSite]:
    with running_site(
        tmp_path_factory.mktemp("story"), password=PASSWORD, templates=compiled_templates
    ) as site:
        made = site.command(
            "user", "create", "tom", "--email", "tom@staff.example", "--real-name", "Tom Bauer",
            "--privileged", "--password", PASSWORD,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        site.start("serve")
        site.start("worker")
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("RTPY_SCREENSHOTS") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _mail_to(site: RunningSite, address: str, about: Callable[[Message], bool]) -> Message:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        for mail in site.sent_mails():
            if address in (mail["To"] or "") and about(mail):
                return mail
        time.sleep(0.3)
    raise AssertionError(f"no such mail to {address}: {[mail['Subject'] for mail in site.sent_mails()]}")


def _text(mail: Message) -> str:
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            return data.decode()
    raise AssertionError("a mail without text")


def _log_in(page: Page, site: RunningSite) -> None:
    page.goto(f"{site.url}/")
    page.fill("#username", "tom")
    page.fill("#password", PASSWORD)
    page.click("button:has-text('Log in')")
    page.wait_for_url(f"{site.url}/")


def test_the_whole_story(site: RunningSite, chromium: Browser, pictures: Path) -> None:
    assert site.send(MAIL.encode()) == 0
    receipt = _mail_to(site, CUSTOMER, lambda mail: True)
    assert receipt["Subject"].startswith("[rtpy #1] ")
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "ticket" not in _text(receipt).lower()

    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    _log_in(page, site)
    page.get_by_role("link", name="The printer on the second floor prints everything green").first.click()
    expect(page.locator("#conversation")).to_contain_text("the papers are green too")
    page.get_by_role("button", name="Take").first.click()
    expect(page.locator("#conversation")).to_contain_text("Tom Bauer took it")

    page.fill(
        "#reply-text",
        "Good morning Ann,\n\nthe cyan cartridge was empty. I replaced it; please try again.\n\nTom",
    )
    page.fill("#reply-minutes", "15")
    page.select_option("#reply-status", "resolved")
    page.locator("[data-send=reply]").click()
    expect(page.locator("#conversation")).to_contain_text("the cyan cartridge was empty")
    expect(page.locator("#ticket-head")).to_contain_text("resolved")
    expect(page.locator("#sidebar")).to_contain_text("15 min")

    reply = _mail_to(site, CUSTOMER, lambda mail: "cyan cartridge" in _text(mail))
    notice = _mail_to(
        site, CUSTOMER, lambda mail: "cyan cartridge" not in _text(mail) and mail is not receipt
        and mail["Message-ID"] != receipt["Message-ID"] and mail["Message-ID"] != reply["Message-ID"]
    )  # fmt: skip
    assert "green-printer@client.example" in f"{reply['References']} {reply['In-Reply-To']}"
    assert "ticket" not in _text(notice).lower()
    page.goto(f"{site.url}/")
    expect(page.locator("main")).to_contain_text("15 min")
    context.close()
    assert errors == []


def test_the_story_works_without_javascript(site: RunningSite, chromium: Browser) -> None:
    mail = MAIL.replace("green-printer", "blue-screen").replace("prints everything green", "is blue")
    assert site.send(mail.encode()) == 0
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    _log_in(page, site)
    page.get_by_role("link", name="The printer on the second floor is blue").first.click()

    page.fill("#reply-text", "We look into it.")
    page.fill("#reply-minutes", "5")
    page.locator("[data-send=reply]").click()

    expect(page.locator("#conversation")).to_contain_text("We look into it.")
    _mail_to(site, CUSTOMER, lambda mail: "We look into it." in _text(mail))
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_fit_and_are_pictured(
    width: int, scheme: str, site: RunningSite, chromium: Browser, pictures: Path
) -> None:
    context: BrowserContext = chromium.new_context(
        viewport={"width": width, "height": 900 if width > 600 else 844}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(f"{site.url}/login")
    page.screenshot(path=pictures / f"login-{width}-{scheme}.png", full_page=True)
    # The story's mail: another process may tell that story, and a mail comes once only.
    assert site.send(MAIL.encode()) == 0
    _log_in(page, site)
    for name, path in (
        ("home", "/"),
        ("list", "/tickets?status=all"),
        ("ticket", "/ticket/1"),
        ("create", "/ticket/create"),
        ("history", "/ticket/1/history"),
        ("people", "/ticket/1/people"),
        ("queues", "/queue"),
    ):
        answer = page.goto(f"{site.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        page.screenshot(path=pictures / f"{name}-{width}-{scheme}.png", full_page=True)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{path} is {overflow} px too wide"
    context.close()
