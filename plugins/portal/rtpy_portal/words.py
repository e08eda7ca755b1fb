"""What customers read, in their language: English stands in the code, other languages in the folder `locale`."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.dates import format_skeleton

from rtpy.i18n import Catalogs

DOMAIN = "portal"
ENGLISH = "en"
Say = Callable[..., str]
"""`say("You wrote on ${day}", day="Monday")`: the sentence in the reader's language, with its values as plain text."""


def say_in(language: str) -> Say:
    """What says sentences in `language` (such as `de` or `de-AT`); in English where there is no translation."""
    translate = _catalogs().into(language or ENGLISH)

    def say(text: str, **values: object) -> str:
        return translate(text, domain=DOMAIN, mapping=values or None)

    return say


def languages() -> tuple[str, ...]:
    """All languages that the portal speaks, English first."""
    return (ENGLISH, *_catalogs().languages(DOMAIN))


def spoken(language: str) -> str:
    """The language of ours for a wish such as `de_AT`: `de`; English when we do not speak it."""
    wanted = language.strip().lower().replace("_", "-")
    known = languages()
    return next((code for code in (wanted, wanted.partition("-")[0]) if code in known), ENGLISH)


def say_day(day: date, language: str) -> str:
    """A day as readers of the language write it: `2 Mar 2026`, `2. März 2026`."""
    return str(format_skeleton("yMMMd", datetime(day.year, day.month, day.day), locale=_locale(language)))


def say_moment(local: datetime, language: str) -> str:
    """A moment of the reader's own clock: `2 Mar 2026, 14:05`."""
    return f"{say_day(local.date(), language)}, {local:%H:%M}"


def _locale(language: str) -> str:
    return "en_GB" if language in ("", ENGLISH) else language.replace("-", "_")


@cache
def _catalogs() -> Catalogs:
    return Catalogs({DOMAIN: Path(__file__).parent / "locale"})
