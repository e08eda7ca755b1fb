"""Fills the slots of the sample texts, and gives customers and staff their own way of writing."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any  # what TOML holds can be anything

from rtpy.demo.hours import BERLIN
from rtpy.demo.people import Customer, Staff

_SLOT = re.compile(r"\{([a-z0-9_]+)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}


class Slots:
    """What the slots of one thread stand for: chosen at the first use, the same ever after."""

    def __init__(self, pools: Mapping[str, tuple[str, ...]], known: Mapping[str, str], rng: Random) -> None:
        self._pools = pools
        self._chosen = dict(known)
        self._rng = rng

    def fill(self, text: str, at: datetime, language: str = "en") -> str:
        """The text with every `{slot}` filled; `{tomorrow}`, `{in_days}`, `{date}` count from `at`."""
        dates = _dates(at, language)
        return _SLOT.sub(lambda found: dates.get(found[1]) or self._word(found[1]), text)

    def _word(self, slot: str) -> str:
        if slot not in self._chosen:
            # `{name2}` is another word of the same pool than `{name}`.
            pool = self._pools[slot] if slot in self._pools else self._pools[slot.rstrip("0123456789")]
            free = [word for word in pool if word not in self._chosen.values()] or list(pool)
            word = self._rng.choice(free)
            bounds = _RANGE.fullmatch(word)
            if bounds:
                word = str(self._rng.randint(int(bounds[1]), int(bounds[2])))
            self._chosen[slot] = self.fill(word, datetime(2000, 1, 1, tzinfo=BERLIN))
        return self._chosen[slot]


def _dates(at: datetime, language: str) -> dict[str, str]:
    local = at.astimezone(BERLIN)
    workdays = [day for day in (local + timedelta(days=ahead) for ahead in range(1, 15)) if day.weekday() < 5]

    def date(day: datetime) -> str:
        return f"{day.day} {day:%B}" if language == "en" else f"{day:%d.%m.}"

    days = _DAYS[language]
    return {
        "today": days[local.weekday()],
        "tomorrow": days[workdays[0].weekday()],
        "in_days": days[workdays[1].weekday()],
        "date": date(local),
        "date_soon": date(workdays[3]),
        "date_later": date(workdays[8]),
        "month": f"{local:%B}",
        "clock": f"{local - timedelta(minutes=20):%H:%M}",
        "year": str(local.year),
    }


def customer_text(text: str, who: Customer, words: Mapping[str, Any], rng: Random, *, is_first: bool) -> str:
    """A customer's words between this customer's greeting and farewell.

    First mails may get a sentence of the customer's voice (haste, anger, doubt) before or after them.
    """
    voice = words["voice"][who.language].get(who.voice) or words["voice"][who.language]["kind"]
    greeting = rng.choice(voice["greetings" if is_first else "again"])
    before = rng.choice(voice["before"]) if is_first and rng.random() < 0.35 else ""
    after = rng.choice(voice["after"]) if is_first and rng.random() < 0.35 else ""
    farewell = rng.choice(voice["farewells"]).replace("{name}", who.first_name).replace("{full}", who.name)
    if before.endswith((".", "!", "?")) and who.voice != "terse":
        text = text[0].upper() + text[1:]
    body = " ".join(part for part in (before, text, after) if part)
    if who.voice == "terse" and who.language == "en" and rng.random() < 0.5:
        body = body[0].lower() + body[1:] if not body[:2].isupper() and not body.startswith("I ") else body
    return "\n\n".join(part for part in (greeting, body, farewell) if part)


def staff_text(text: str, who: Staff, customer_name: str, language: str, company: str, rng: Random) -> str:
    """A staff reply with its greeting and the signature of the house."""
    hello = {"en": ("Hi {n},", "Hello {n},"), "de": ("Hallo {n},", "Guten Tag {n},"), "fr": ("Bonjour {n},",)}
    goodbye = {
        "en": ("Best regards,", "Kind regards,", "Cheers,"),
        "de": ("Viele Grüße", "Beste Grüße"),
        "fr": ("Cordialement,", "Bonne journée,"),
    }
    greeting = rng.choice(hello[language]).format(n=customer_name)
    return f"{greeting}\n\n{text}\n\n{rng.choice(goodbye[language])}\n{who.first_name}\n{company}"
