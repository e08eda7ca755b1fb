"""Pages in a real browser: nobody is shut out, nothing overflows, and the script does what it says."""

import re
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from waitress.server import create_server

from rtpy.testing.servers import chromium_path
from tests.web.sample_pages import all_pages
from tests.web.sample_site import make_site

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DARK = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SPARSE = {"resultTypes": ["violations"]}
"""Of rules that are kept one example is told: to tell of each element takes longer than to look at it."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="Chromium or libatomic is not installed."),
]


@pytest.fixture(scope="module")
def site(compiled_templates):
    """A running site: its address and its registry."""
    app = make_site(**{"rtpy.template_cache": compiled_templates})
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}", app.registry
    server.close()
    thread.join(5)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, site):
    """A function that opens a path; any error the page reports fails the test."""
    contexts, errors = [], []

    def open_page(path, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 860}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        page.goto(site[0] + path)
        return page

    site[1]["said"].clear()
    site[1]["drafts"].clear()
    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.mark.parametrize("name", all_pages())
def test_axe_finds_nothing(open_page, name):
    page = open_page(f"/sample/{name}", color_scheme="light", reduced_motion="reduce")
    in_light = Axe().run(page, options={"runOnly": RULES, **SPARSE}).response
    assert len(in_light["passes"]) > 10
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    # A theme changes colours only.
    in_dark = Axe().run(page, options={"runOnly": DARK, **SPARSE}).response
    assert "color-contrast" in [rule["id"] for rule in in_dark["passes"]]
    wrong = [*in_light["violations"], *in_dark["violations"]]
    assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in wrong] == []


@pytest.mark.parametrize("name", all_pages())
def test_no_page_scrolls_sideways(open_page, name):
    page = open_page(f"/sample/{name}")
    for width in (320, 390, 640, 900, 1090, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (width, wider) == (width, 0)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["ticket", "list", "home"])
def test_everything_to_click_is_big_enough(open_page, name, width):
    page = open_page(f"/sample/{name}", viewport={"width": width, "height": 700})
    page.evaluate("document.querySelectorAll('details.edit').forEach((box) => (box.open = true))")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, select, input:not([type=radio], [type=hidden])")]
             .filter((e) => e.checkVisibility()).map((e) => [e, (e.closest("label") || e).getBoundingClientRect()])
             .filter(([e, box]) => box.width < 24 || box.height < 24).map(([e]) => e.outerHTML.slice(0, 90))"""
    )
    assert small == []


def test_without_javascript_the_comment_form_takes_the_place_of_the_reply_form(open_page, site):
    page = open_page("/ticket/1284", java_script_enabled=False)
    expect(page.locator("#reply")).to_be_visible()
    expect(page.locator("#comment")).to_be_hidden()
    page.locator(".composer-tabs label", has_text="Internal comment").click()
    expect(page.locator("#reply")).to_be_hidden()
    page.fill("#comment-text", "only for us")
    page.click("text=Add internal comment – staff only")
    expect(page.locator(".entry-comment").last).to_contain_text("only for us")
    assert [said[:2] for said in site[1]["said"]] == [("comment", "only for us")]


def test_a_reply_appears_in_place_and_the_focus_follows_it(open_page, site):
    page = open_page("/ticket/1284")
    page.evaluate("window.stayed = true")
    page.fill("#reply-text", "We are on it.")
    page.fill("#reply-minutes", "15")
    page.click("[data-send=reply]")
    expect(page.locator(".entry-reply").last).to_contain_text("We are on it.")
    expect(page.locator(".toasts .flash-ok")).to_contain_text("Your reply was added.")
    expect(page.locator("#reply-text")).to_have_value("")
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.activeElement.id") == "txn-900"
    assert site[1]["said"][0][:3] == ("reply", "We are on it.", "15")
    assert len(site[1]["said"][0][3]) == 3


def log_in_elsewhere(page, address, name="Jonas Weber"):
    """From now on the session of the page has ended, and somebody is logged in in another tab of this browser."""
    page.context.clear_cookies()

    def sessions(route):
        answer = route.fetch(url=f"{address}/ticket/1284")
        route.fulfill(
            response=answer, body=answer.text().replace("Your menu, Jonas Weber", f"Your menu, {name}")
        )

    page.route("**/reply", lambda route: route.fulfill(headers={"X-Trouble": "bad_csrf"}), times=1)
    page.route("**/sessions", sessions)


def test_a_reply_is_sent_where_it_stands_after_logging_in_again_in_another_tab(open_page, site):
    page = open_page("/ticket/1284")
    page.fill("#reply-text", "A long answer")
    page.set_input_files("#reply-files", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"})
    page.route("**/reply", lambda route: route.fulfill(headers={"X-Trouble": "logged_out"}), times=1)
    page.click("[data-send=reply]")
    expect(page.locator(".toasts .flash-bad")).to_contain_text("Log in in another tab, then send again here.")
    expect(page.locator("#reply-text")).to_have_value("A long answer")
    log_in_elsewhere(page, site[0])
    page.click("[data-send=reply]")
    expect(page.locator(".entry-reply").last).to_contain_text("A long answer")
    assert [(said[1], said[4]) for said in site[1]["said"]] == [("A long answer", ["a.txt"])]


def test_what_one_wrote_is_not_sent_as_somebody_else_who_logged_in_meanwhile(open_page, site):
    page = open_page("/ticket/1284")
    page.fill("#reply-text", "A long answer")
    page.route("**/reply", lambda route: route.fulfill(body="Please send this again"))
    log_in_elsewhere(page, site[0], "Tom Becker")
    page.click("[data-send=reply]")
    expect(page.locator("body")).to_have_text("Please send this again")
    assert site[1]["said"] == []


def test_a_form_that_leaves_the_page_is_sent_once_for_two_clicks(open_page):
    page = open_page("/ticket/1284")
    stopped = page.evaluate(
        """() => {
          const form = document.querySelector("form[action$='/logout']"), stopped = [];
          addEventListener("submit", (event) => { stopped.push(event.defaultPrevented); event.preventDefault(); });
          form.requestSubmit();
          form.requestSubmit();
          return stopped;
        }"""
    )
    assert stopped == [False, True]


def test_sending_one_text_keeps_the_other(open_page):
    page = open_page("/ticket/1284")
    page.keyboard.press("c")
    page.fill("#comment-text", "half a thought")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.fill("#reply-text", "Done.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-reply").last).to_contain_text("Done.")
    expect(page.locator("#comment-text")).to_have_value("half a thought")


def test_a_draft_is_kept_while_one_types_and_when_one_leaves(open_page, site):
    page = open_page("/ticket/1284")
    page.fill("#reply-text", "Dear Ann")
    expect(page.locator("#reply [data-draft-state]")).to_have_text("Draft saved")
    page.fill("#reply-text", "Dear Ann, the")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.wait_for_timeout(300)
    # A page of an earlier test may still be leaving.
    drafts = [(kind, text) for kind, text in site[1]["drafts"] if text.startswith("Dear")]
    assert drafts == [("reply", "Dear Ann"), ("reply", "Dear Ann, the")]


def test_the_button_names_who_still_gets_the_reply(open_page, site):
    page = open_page("/ticket/1284")
    button = page.locator("[data-send=reply]")
    expect(button).to_have_text("Send reply to Ann Miller, 2 others")
    page.click(".recipients summary")
    page.uncheck("[data-recipient='Ann Miller']")
    page.fill("#reply-cc", "jo@example.com")
    expect(button).to_have_text("Send reply to Peter Holm, 2 others")
    page.fill("#reply-text", "x")
    button.click()
    expect(page.locator(".toasts .flash-ok")).to_be_visible()
    assert site[1]["said"][0][3] == ["peter.holm@fennel.example", "it@fennel.example"]


def test_files_add_up_and_can_be_taken_off_again(open_page, site):
    page = open_page("/ticket/1284")
    for name in ("a.txt", "b.txt"):
        page.set_input_files("#reply-files", {"name": name, "mimeType": "text/plain", "buffer": b"x" * 3000})
    expect(page.locator("#reply [data-files] li")).to_have_count(2)
    page.click("[aria-label='Remove a.txt']")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["png"], "image.png", { type: "image/png" }));
          const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector("#reply-text").dispatchEvent(paste);
        }"""
    )
    page.fill("#reply-text", "see the files")
    page.click("[data-send=reply]")
    expect(page.locator(".entry-reply").last).to_contain_text("see the files")
    first, second = site[1]["said"][0][4]
    assert first == "b.txt"
    assert re.fullmatch(r"pasted-\d{6}\.png", second)


def test_letters_act_on_the_page_but_never_in_a_field(open_page):
    page = open_page("/ticket/1284")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "txn-814"
    page.keyboard.press("c")
    page.keyboard.type("jk?/gh")
    expect(page.locator("#comment-text")).to_have_value("jk?/gh")
    expect(page.locator("#keys-help")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"


def test_keys_move_through_a_list_and_open_a_line(open_page):
    page = open_page("/sample/list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr.is-here td.number")).to_have_text("1284")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("#$"))


def test_keys_do_nothing_where_they_are_switched_off(open_page):
    page = open_page("/ticket/1284")
    page.evaluate("document.documentElement.dataset.shortcuts = 'off'")
    page.keyboard.press("c")
    expect(page.locator("#comment")).to_be_hidden()


def test_the_theme_changes_in_place_and_stays(open_page):
    page = open_page("/ticket/1284", color_scheme="light")
    page.click("details.menu summary")
    page.click("button[value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 26)"


def test_the_menu_of_a_phone_opens_and_closes(open_page):
    page = open_page("/ticket/1284", viewport={"width": 390, "height": 700}, java_script_enabled=False)
    expect(page.locator("#rail")).to_be_hidden()
    page.click(".open-rail")
    expect(page.locator("#rail")).to_be_visible()
    page.click(".rail-close")
    expect(page.locator("#rail")).to_be_hidden()


def test_the_script_writes_times_as_the_server_does(open_page):
    page = open_page("/sample/styleguide")
    read = "() => [...document.querySelectorAll('time')].map((time) => time.textContent)"
    before = page.evaluate(read)
    page.evaluate("document.querySelectorAll('time').forEach((time) => (time.textContent = 'stale'))")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    after = page.evaluate(read)
    assert len(before) > 20
    # Dates of more than a month are left to the server.
    assert [new for new in after if new != "stale"] == [
        old for old, new in zip(before, after, strict=True) if new != "stale"
    ]
    assert after.count("stale") < len(after) / 4


def test_a_field_says_what_the_choice_beside_it_expects(open_page):
    page = open_page("/sample/styleguide")
    hint, argument = page.locator("#field-argument-hint"), page.locator("#field-argument")
    expect(page.get_by_text("What each action takes")).to_be_hidden()
    for action, words, is_wanted in (
        ("due", "Due after this time. Argument: A time such as 2d4h.", True),
        ("open", "Opens the ticket. It takes no argument.", False),
        ("", "Only for what takes one.", True),
    ):
        page.select_option("#field-action", action)
        expect(hint).to_have_text(words)
        expect(argument).to_be_visible(visible=is_wanted)


def test_without_javascript_a_list_says_what_each_choice_expects(open_page):
    page = open_page("/sample/styleguide", java_script_enabled=False)
    page.get_by_text("What each action takes").click()
    expect(page.get_by_text("Due after this time. Argument: A time such as 2d4h.")).to_be_visible()
    expect(page.locator("#own-2 option")).to_have_text(["–", "Other", "XPS", "Latitude", "Elite"])


def test_only_choices_are_offered_that_go_with_the_value_they_depend_on(open_page):
    page = open_page("/sample/styleguide")
    model = page.locator("#own-2")
    expect(model.locator("option")).to_have_text(["–", "Other"])
    page.select_option("#own-1", "Dell")
    expect(model.locator("option")).to_have_text(["–", "Other", "XPS", "Latitude"])
    model.select_option("XPS")
    page.select_option("#own-1", "HP")
    expect(model.locator("option")).to_have_text(["–", "Other", "Elite"])
    expect(model).to_have_value("")
