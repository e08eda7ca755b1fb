"""Contrast of colours by WCAG 2.2, and the nearest colour that has enough of it."""

import re
from dataclasses import dataclass

ENOUGH = 4.5
"""WCAG 2.2, 1.4.3: for text of usual size."""

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
TINT = 0.1
"""How much of the accent is in the ground of what is chosen."""


@dataclass(frozen=True, slots=True)
class Mode:
    """Light or dark: its grounds as in rtpy.css (`--surface`, `--canvas`), and where colours go to be seen better."""

    name: str
    surface: Colour
    canvas: Colour
    towards: Colour


LIGHT = Mode("light", (255, 255, 255), (245, 245, 241), BLACK)
DARK = Mode("dark", (28, 33, 36), (20, 24, 26), WHITE)


def read_colour(text: str) -> Colour | None:
    """A colour of `#0b676f` or `#06f`; None for anything else."""
    match = re.fullmatch(r"#?([0-9a-f]{6}|[0-9a-f]{3})", text.strip().lower())
    if match is None:
        return None
    digits = match[1] if len(match[1]) == 6 else "".join(each * 2 for each in match[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def write_colour(colour: Colour) -> str:
    """`#0b676f`."""
    return "#" + "".join(f"{part:02x}" for part in colour)


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 for black to 1 for white."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """From 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(ground: Colour, colour: Colour, share: float) -> Colour:
    """So much of `colour` in `ground`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(ground, colour, strict=True))
    return red, green, blue


def on(colour: Colour) -> Colour:
    """White or black, whichever is read better on it: one of them always has enough contrast."""
    return max((WHITE, BLACK), key=lambda each: contrast(each, colour))


def lacking(accent: Colour, mode: Mode) -> tuple[str, float] | None:
    """The ground on which an accent lacks most contrast in this mode, and how much it has there; None if on none."""
    grounds = {
        "on cards": mode.surface,
        "on the page": mode.canvas,
        "on what is chosen": mixed(mode.surface, accent, TINT),
    }
    name, least = min(
        ((name, contrast(accent, ground)) for name, ground in grounds.items()), key=lambda each: each[1]
    )
    return None if least >= ENOUGH else (name, least)


def nearest(colour: Colour, mode: Mode) -> Colour:
    """The colour that passes in this mode after as little darkening (or lightening) as can be."""
    for step in range(101):
        found = mixed(colour, mode.towards, step / 100)
        if lacking(found, mode) is None:
            return found
    return mode.towards


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
