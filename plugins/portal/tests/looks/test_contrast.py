"""Colours: their contrast, and the nearest one that is read well."""

import pytest

from rtpy_portal.looks.contrast import (
    BLACK,
    DARK,
    ENOUGH,
    LIGHT,
    WHITE,
    contrast,
    lacking,
    nearest,
    on,
    read_colour,
    write_colour,
)

pytestmark = pytest.mark.databases("sqlite")  # no database at all


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#0b676f", (11, 103, 111)),
        ("0B676F", (11, 103, 111)),
        (" #06f ", (0, 102, 255)),
        ("", None),
        ("#12345", None),
        ("red", None),
        ("#0b676f;}", None),
        ("url(x)", None),
    ],
)
def test_colours_are_read(text, colour):
    assert read_colour(text) == colour


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        (WHITE, BLACK, 21.0),
        (WHITE, WHITE, 1.0),
        ((119, 119, 119), WHITE, 4.48),
        ((118, 118, 118), WHITE, 4.54),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio == round(contrast(other, one), 2)


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=lambda mode: mode.name)
@pytest.mark.parametrize(
    "text", ["#ffcc00", "#ff0000", "#777777", "#000000", "#ffffff", "#0b676f", "#5fc9cc"]
)
def test_the_nearest_colour_passes_and_one_that_passes_stays(text, mode):
    colour = read_colour(text)
    found = nearest(colour, mode)
    assert lacking(found, mode) is None
    assert (found == colour) is (lacking(colour, mode) is None)
    assert read_colour(write_colour(found)) == found


@pytest.mark.parametrize("text", ["#ffcc00", "#777777", "#767676", "#0000ff", "#ff00ff", "#808000"])
def test_words_on_any_colour_are_read_well(text):
    colour = read_colour(text)
    assert contrast(on(colour), colour) >= ENOUGH
