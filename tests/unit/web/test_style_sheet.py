"""The style sheet keeps its promises: every token exists, and texts can be read in both themes (WCAG 2.2 AA)."""

import re
from pathlib import Path

import pytest

SHARE = Path(__file__).resolve().parents[3] / "share"
CSS = (SHARE / "static/css/rtpy.css").read_text()
TOKENS = dict(re.findall(r"--([\w-]+):\s*light-dark\(([^;]+)\)\s*;", CSS.split("/* ground */")[0]))

TEXT = 4.5
SHAPE = 3.0
PAIRS = [
    *[
        (ink, ground, TEXT)
        for ink in ("ink", "soft", "faint")
        for ground in ("canvas", "surface", "sunken", "hover")
    ],
    *[("soft", ground, TEXT) for ground in ("accent-tint", "note-tint", "quiet-tint")],
    *[("accent", ground, TEXT) for ground in ("canvas", "surface", "accent-tint", "hover")],
    *[(tone, f"{tone}-tint", TEXT) for tone in ("good", "bad", "warn", "info", "note")],
    *[(tone, "surface", TEXT) for tone in ("good", "bad", "warn", "info")],
    ("accent-deep", "accent-tint", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-deep", TEXT),
    ("on-bad", "bad-fill", TEXT),
    ("rail-ink", "rail", TEXT),
    ("rail-ink", "rail-hover", TEXT),
    ("edge", "surface", SHAPE),
    ("edge", "canvas", SHAPE),
]


def colour(token, theme):
    light, dark = TOKENS[token].split(", ") if "," in TOKENS[token] else (TOKENS[token],) * 2
    return (light if theme == "light" else dark).strip()


def luminance(hexadecimal):
    digits = hexadecimal.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_colours_stand_out_from_their_ground(front, ground, least, theme):
    bright, dark = sorted((luminance(colour(name, theme)) for name in (front, ground)), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= least


def test_every_token_that_is_used_is_defined():
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    defined = set(re.findall(r"--([\w-]+):", CSS))
    assert used - defined == set()


def test_every_icon_that_is_used_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (SHARE / "static/icons/sprite.svg").read_text()))
    templates = "\n".join(path.read_text() for path in (SHARE / "templates").rglob("*.pt"))
    script = (SHARE / "static/js/rtpy.js").read_text()
    used = set(re.findall(r"icon\('([\w-]+)'\)", templates)) | set(re.findall(r'icon\("([\w-]+)"\)', script))
    assert used
    assert used - sprite == set()


@pytest.mark.parametrize("path", sorted((SHARE / "templates").rglob("*.pt")), ids=lambda path: path.name)
def test_templates_carry_no_inline_script_or_style(path):
    source = path.read_text()
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", source)
    assert re.findall(r"<script(?![^>]*\ssrc=)", source) == []
