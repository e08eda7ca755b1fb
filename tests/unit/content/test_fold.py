"""Replies are cut where the quotation begins, and no character is lost."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy.content.fold import fold
from rtpy.content.fold_html import fold_html
from rtpy.content.part import Part, PartRole
from rtpy.content.plain import html_to_text
from rtpy.content.sanitize import clean_html
from rtpy.content.show import show_message

CORPORA = Path(os.environ.get("RTPY_CORPORA", Path(__file__).parents[4] / "shared" / "corpora")) / "mail"


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("Yes.\n\nOn Mon, 1 Jan 2024 at 10:00, Anna <a@b.example> wrote:\n> Really?\n", "Yes."),
        ("Ja.\n\nAm 01.01.2024 um 10:00 schrieb Anna:\n> Wirklich?\n", "Ja."),
        ('Oui.\n\nLe 4 janv. 2016 19:03, "Neil"\n<n@x.example>\na écrit :\n\n> Vraiment ?\n', "Oui."),
        ("Ok\n\nFrom: Anna\nSent: Monday\nTo: Bert\nSubject: x\n\nold text", "Ok"),
        ("Ok\n\nVon: Anna\nGesendet: Montag\nAn: Bert\nBetreff: x\n\nalter Text", "Ok"),
        ("Ok\n\n________________________________\nFrom: Anna\nSent: Monday\nTo: Bert\n\nold text", "Ok"),
        ("Ok\n-----Original Message-----\nold", "Ok"),
        ("> Really?\n\nYes.\n", "Yes."),
        ("Hello\n-- \nAnna\n+49 30 1234\n", "Hello"),
        ("Hello\n\nSent from my iPhone\n", "Hello"),
        ("Hello\n\nVon meinem iPhone gesendet\n", "Hello"),
        ("> one?\n\nyes\n\n> two?\n\nno\n", "> one?\n\nyes\n\n> two?\n\nno"),
        (
            "On the other hand, this is fine.\nFrom: our view it works.",
            "On the other hand, this is fine.\nFrom: our view it works.",
        ),
        ("> only a quotation", "> only a quotation"),
        ("FYI\n\n---------- Forwarded message ---------\nFrom: a\nDate: b\nTo: c\n\nnews", None),
        ("", ""),
    ],
)
def test_the_answer_is_visible(text: str, visible: str | None) -> None:
    assert fold(text).visible.strip() == (text.strip() if visible is None else visible)


@given(
    st.lists(
        st.sampled_from(
            ["a", "> b", "", "On 1.1.2024 x wrote:", "-- ", "From: a", "To: b", "Sent: c", "x" * 50, ">"]
        ),
        max_size=30,
    )
)
def test_no_character_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    folded = fold(text)

    assert folded.lead + folded.visible + folded.signature + folded.quoted == text
    assert folded.visible.strip() or not text.strip()


@pytest.mark.parametrize(
    "piece",
    [
        ">",
        "> ",
        "On ",
        "On a wrote:\n",
        "wrote:",
        "From: a\n",
        "--\n",
        "> a\nb\n",
        "\n",
        "_" * 20 + "\n",
        "Am 1.1.2020 schrieb ",
        "2020-01-01 ",
        "From: x\nSent: y\n",
        "Sent from my a\n",
        "On 1 a@b wrote:\n> x\ny y\n",
    ],
)
def test_a63_folding_takes_linear_time(piece: str, seconds_of) -> None:
    text = piece * (100_000 // len(piece))

    assert seconds_of(lambda: fold(text)) < 1.5


# What the collections expect otherwise, and why.
OTHERWISE = {
    "forwarded_gmail": "a forwarded mail is news, not a quotation",
    "forwarded_message": "a forwarded mail is news, not a quotation",
    "embedded_email_16": "the question above the answer is folded, the answer is visible",
    "spam_1": "a text of quotations only stays visible",
}


def corpus(folder: str, pattern: str) -> list[Path]:
    found = sorted((CORPORA / folder).rglob(pattern))
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(f"The mail corpora are missing in {CORPORA}")
        pytest.skip(f"The mail corpora are not in {CORPORA}")
    return found


def bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def test_discourses_expectations_hold() -> None:
    wrong = []
    for path in corpus("discourse-trimmer", "emails/*.txt"):
        folded = fold(path.read_bytes().decode())
        wanted = (path.parents[1] / "trimmed" / path.name).read_text()
        if bare(folded.visible) != bare(wanted) and path.stem not in OTHERWISE:
            wrong.append(path.stem)

    assert wrong == []


@pytest.mark.parametrize("folder", ["crisp", "email-reply-parser", "willdurand", "discourse-trimmer"])
def test_real_bodies_are_folded_without_loss(folder: str) -> None:
    for path in corpus(folder, "*.txt"):
        text = path.read_bytes().decode("utf-8", "replace")
        folded = fold(text)

        assert folded.lead + folded.visible + folded.signature + folded.quoted == text
        assert folded.visible.strip() or not text.strip()


def test_html_replies_are_folded() -> None:
    for path in corpus("talon-html", "html_replies/*.html"):
        visible, quoted = fold_html(clean_html(path.read_text(encoding="utf-8"), images=lambda cid: None))

        assert "".join(html_to_text(visible).split()) == "Hi.Iamfine.Thanks,Alex", path.name
        assert "How are you?" in html_to_text(quoted) or "Test" in html_to_text(quoted), path.name


@pytest.mark.parametrize(
    ("html", "visible"),
    [
        ('<div>Yes</div><div class="gmail_quote">On 1.1. x wrote:<blockquote>old</blockquote></div>', "Yes"),
        ("<div>Yes</div><div id=divRplyFwdMsg><b>From:</b> a<br><b>Sent:</b> b</div><div>old</div>", "Yes"),
        ("<p>Yes</p><blockquote type=cite>old</blockquote>", "Yes"),
        ("<blockquote type=cite>old</blockquote><p>This is a longer answer below the quotation.</p>", None),
        ("<p>plain</p>", None),
    ],
)
def test_quotations_in_html_are_found_by_their_marks(html: str, visible: str | None) -> None:
    clean = clean_html(html, images=lambda cid: None)
    shown, quoted = fold_html(clean)

    assert html_to_text(shown) == (html_to_text(clean) if visible is None else visible)
    assert "old" in html_to_text(quoted) or visible is None
    for half in (shown, quoted):
        assert clean_html(half, images=lambda cid: None) == half


def test_a_message_prefers_its_html_and_shows_its_pictures() -> None:
    parts = (
        Part("text/plain", b"plain", PartRole.BODY, charset="utf-8"),
        Part("text/html", b'<p>rich <img src="cid:a@b"></p>', PartRole.HTML, charset="utf-8"),
        Part("image/png", b"x", PartRole.INLINE, content_id="a@b"),
    )

    assert show_message(parts, {"a@b": "/attachment/3"}.get).html == '<p>rich <img src="/attachment/3"></p>'
    assert show_message(parts[:1], lambda cid: None).html == "<p>plain</p>"
    assert show_message(parts[2:], lambda cid: None).html == ""


def test_showing_again_costs_little(seconds_of) -> None:
    parts = (Part("text/html", b"<p>hello <b>you</b></p>" * 5_000, PartRole.HTML, charset="utf-8"),)
    first = seconds_of(lambda: show_message(parts, lambda cid: None))

    assert seconds_of(lambda: show_message(parts, lambda cid: None)) < first / 5


def test_text_is_shown_with_quotation_and_signature_apart() -> None:
    text = b"Hi <b>\n-- \nAnna\n\nOn 1.1.2024 x@y.example wrote:\n> old"
    shown = show_message((Part("text/plain", text, PartRole.BODY, charset="utf-8"),), lambda cid: None)

    assert shown.html == "<p>Hi &lt;b&gt;</p>"
    assert "Anna" in shown.signature_html
    assert "old" in shown.hidden_html


@pytest.mark.parametrize(
    "line", ["_" * 399, "> " + "_" * 397, "_" * 398 + "y", "--" + "_ " * 198, "-" * 399 + "y"]
)
def test_a63_long_rules_take_no_longer_than_other_lines(line):
    begun = time.process_time()
    fold(f"{line}\n" * 500)
    fold_html("<br>".join([line] * 500))
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "rule", ["_____Original Message_____", "> * --_ Original Message =-__ *", "_-Antwort--"]
)
def test_rules_of_any_mark_stand_above_a_quotation(rule):
    assert fold(f"Ok\n{rule}\nold").visible.strip() == "Ok"
