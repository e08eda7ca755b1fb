"""The theme: what a firm calls its portal, its colours, its logo, its words."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.plugin_settings import setting
from rtpy.remembered import remembered, watch
from rtpy_portal.looks.contrast import (
    DARK,
    LIGHT,
    TINT,
    Colour,
    Mode,
    mixed,
    nearest,
    on,
    read_colour,
    write_colour,
)
from rtpy_portal.models import Logo

watch(Logo)


@dataclass(frozen=True, slots=True)
class Theme:
    """`name` stands at the top of every page; `css_digest` and `logo_digest` are empty where there are none."""

    name: str
    css_digest: str
    logo_digest: str
    imprint: str
    privacy: str


def theme_of(app: App, db: Session) -> Theme:
    """The theme of this site. No query as a rule."""
    css = theme_css(app, db)
    return Theme(
        name=_text(app, db, "name") or app.config.rtname,
        css_digest=hashlib.sha256(css.encode()).hexdigest()[:16] if css else "",
        logo_digest=remembered(app, db, "portal logo", _read_digest),
        imprint=_text(app, db, "imprint"),
        privacy=_text(app, db, "privacy"),
    )


def theme_css(app: App, db: Session) -> str:
    """The style sheet of the firm's colours; empty where there are none. No query as a rule."""
    return remembered(app, db, "portal colours", lambda db: _make_css(app, db))


def _make_css(app: App, db: Session) -> str:
    accent, bar = read_colour(_text(app, db, "accent")), read_colour(_text(app, db, "bar"))
    dark = read_colour(_text(app, db, "accent_dark"))
    rules = []
    if accent is not None or dark is not None:
        light = _shades(accent, LIGHT) if accent else {}
        night = _shades(dark or nearest(accent or (0, 0, 0), DARK), DARK)
        lines = [
            f"  --{name}: light-dark({light.get(name, USUAL_LIGHT[name])}, {night[name]});"
            for name in USUAL_LIGHT
        ]
        rules.append("\n".join((":root {", *lines, "}")))
    if bar is not None:
        ground, words = write_colour(bar), write_colour(on(bar))
        rules.append(
            f".portal-top {{ border-color: {ground}; background: {ground}; color: {words}; }}\n"
            f".portal-top a, .portal-top .icon, .portal-brand .icon {{ color: {words}; }}\n"
            f".portal-top :focus-visible {{ outline-color: {words}; }}\n"
            ".portal-top nav a[aria-current] { background: none; box-shadow: inset 0 -3px; }"
        )
    return "\n".join((*rules, "")) if rules else ""


def words_of(app: App, db: Session, name: str, language: str) -> tuple[str, ...]:
    """The paragraphs of `welcome` or `footer` in a language, else in English. No query as a rule."""
    spoken = f"portal.{name}_{language}"
    text = _text(app, db, f"{name}_{language}") if spoken in app.settings else ""
    text = text or _text(app, db, f"{name}_en")
    return tuple(filter(None, (" ".join(each.split()) for each in text.split("\n\n"))))


USUAL_LIGHT = {
    "accent": "#0b676f",
    "accent-deep": "#084e55",
    "on-accent": "#fff",
    "accent-tint": "#e3f1f1",
    "accent-line": "#a5cfd0",
}
"""The tokens of rtpy.css that a theme changes, and their light values there."""


def _shades(accent: Colour, mode: Mode) -> dict[str, str]:
    found = {
        "accent": accent,
        "accent-deep": mixed(accent, mode.towards, 0.25),
        "on-accent": on(accent),
        "accent-tint": mixed(mode.surface, accent, TINT),
        "accent-line": mixed(mode.surface, accent, 0.4),
    }
    return {name: write_colour(colour) for name, colour in found.items()}


def _text(app: App, db: Session, name: str) -> str:
    return str(setting(app, db, f"portal.{name}"))


def _read_digest(db: Session) -> str:
    return db.scalar(select(Logo.digest).order_by(Logo.id.desc()).limit(1)) or ""
