"""Icons, avatars and badges are escaped and steady."""

import pytest

from rtpy.web.html import Html, initials, show_avatar, show_size, show_status


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ann Miller", "AM"),
        ("Ann Maria van Dyke", "AD"),
        ("ann.miller@example.com", "AM"),
        ("root", "R"),
        ("  Åsa   Öberg ", "ÅÖ"),
        ("(no name)", "N"),
        ("", "?"),
        ("--", "?"),
    ],
)
def test_initials_come_from_the_first_and_last_word(name, letters):
    assert initials(name) == letters


def test_an_avatar_keeps_its_colour_and_escapes_its_letters():
    assert show_avatar("Ann Miller") == show_avatar("Ann Miller")
    assert "<script" not in show_avatar("<script> alert")


def test_nobody_has_an_empty_avatar():
    assert show_avatar("") == '<span class="avatar avatar-none" aria-hidden="true"></span>'


def test_a_status_can_have_any_name():
    badge = show_status('a"b <i>', "active")
    assert badge == '<span class="badge is-active status-a-b--i-">a&quot;b &lt;i&gt;</span>'


def test_html_joined_with_text_is_text_again():
    assert hasattr(Html("<b>"), "__html__")
    assert not hasattr(Html("<b>") + "user", "__html__")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KB"),
        (10 * 1024, "10 KB"),
        (1258291, "1.2 MB"),
        (5 << 30, "5.0 GB"),
    ],
)
def test_sizes_are_written_for_people(size, words):
    assert show_size(size) == words
