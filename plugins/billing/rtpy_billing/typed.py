"""Values that somebody typed into a form about money and time, read one by one; what is wrong is collected."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import cache
from zoneinfo import available_timezones

from rtpy.duration import read_minutes
from rtpy.errors import Invalid, Problem
from rtpy_billing.money import CURRENCIES, read_amount

LARGEST = 10**9


@cache
def available_zones() -> frozenset[str]:
    """The names of all time zones of this system."""
    return frozenset(available_timezones())


class Typed:
    """A form's texts by name. Each reader answers a value that does no harm when it notes a problem."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.problems: list[Problem] = []

    def wrong(self, name: str, sentence: str) -> None:
        """Note a problem of a field."""
        self.problems.append(Problem(name, sentence))

    def check(self) -> None:
        """Raises Invalid when anything was wrong."""
        if self.problems:
            raise Invalid(*self.problems)

    def raw(self, name: str) -> str:
        """What was typed, without blanks around it and without NUL."""
        return self._given.get(name, "").replace("\0", "").strip()

    def text(self, name: str, most: int, needed: str = "") -> str:
        """One line of text; `needed` is the sentence for an empty field that may not be."""
        text = " ".join(self.raw(name).split())
        if needed and not text:
            self.wrong(name, needed)
        if len(text) > most:
            self.wrong(name, f"At most {most} characters, please.")
        return text[:most]

    def long_text(self, name: str, most: int = 20_000) -> str:
        """Text of several lines."""
        text = self.raw(name).replace("\r\n", "\n")
        if len(text) > most:
            self.wrong(name, f"At most {most} characters, please.")
        return text[:most]

    def box(self, name: str) -> bool:
        """A ticked box?"""
        return self.raw(name) == "1"

    def choice(self, name: str, options: Collection[str], default: str = "") -> str:
        """One of `options`; an empty field is `default`."""
        text = self.raw(name) or default
        if text not in options and text != default:
            self.wrong(name, "Choose one of the list.")
            return default
        return text

    def number(self, name: str, low: int = 0, high: int = LARGEST, default: int | None = None) -> int | None:
        """A whole number within bounds; an empty field is `default`."""
        text = self.raw(name)
        if not text:
            return default
        digits = text.removeprefix("-")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 12 or not low <= int(text) <= high:
            self.wrong(name, f"Write a whole number from {low} to {high}.")
            return default
        return int(text)

    def percent(self, name: str, high: int = 100) -> int | None:
        """Basis points of a percentage with at most two decimals; None for an empty field."""
        text = self.raw(name).removesuffix("%").strip().replace(",", ".")
        if not text:
            return None
        whole, _, part = text.removeprefix("-").partition(".")
        if (
            not (whole + part).isascii()
            or not whole.isdigit()
            or not (part or "0").isdigit()
            or len(part) > 2
        ):
            self.wrong(name, "Write a percentage like 3.5.")
            return None
        points = int(whole[:6]) * 100 + int(part.ljust(2, "0"))
        if points > high * 100:
            self.wrong(name, f"At most {high} %.")
            return None
        return -points if text.startswith("-") else points

    def amount(self, name: str, currency: str, *, signed: bool = False) -> int | None:
        """Minor units; None for an empty field."""
        text = self.raw(name)
        if not text:
            return None
        try:
            amount = read_amount(text, currency)
        except ValueError as wrong:
            self.wrong(name, str(wrong))
            return None
        if amount < 0 and not signed:
            self.wrong(name, "An amount below zero makes no sense here.")
            return None
        return amount

    def currency(self, name: str) -> str:
        """A currency's code; `EUR` when it is none, with a problem."""
        code = self.raw(name).upper()
        if code not in CURRENCIES:
            self.wrong(name, "Choose a currency by its code of three letters, such as EUR.")
            return "EUR"
        return code

    def zone(self, name: str) -> str:
        """A time zone that this system knows."""
        zone = self.raw(name) or "UTC"
        if zone not in available_zones():
            self.wrong(name, f"“{zone[:60]}” is no time zone; write one like Europe/Berlin.")
            return "UTC"
        return zone

    def country(self, name: str) -> str:
        """A country's code of two letters, or nothing."""
        code = self.raw(name).upper()
        if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
            self.wrong(name, "Write the code of the country, of two letters, such as DE.")
            return ""
        return code

    def duration(self, name: str, *, signed: bool = False) -> int | None:
        """Seconds of a duration such as `10h` or `1:30`; a number alone means hours. None for an empty field."""
        text = self.raw(name)
        if not text:
            return None
        if text.removeprefix("-").replace(",", ".").replace(".", "", 1).isdigit():
            text += "h"
        try:
            seconds = read_minutes(text) * 60
        except ValueError as wrong:
            self.wrong(name, str(wrong))
            return None
        if seconds < 0 and not signed:
            self.wrong(name, "A duration below zero makes no sense here.")
            return None
        return seconds

    def day(self, name: str, needed: str = "") -> date | None:
        """A date as browsers send it; None for an empty field."""
        text = self.raw(name)
        if not text:
            if needed:
                self.wrong(name, needed)
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.wrong(name, "Write a date like 2026-03-31.")
            return None
        if not 1990 <= day.year <= 2200:
            self.wrong(name, "That date is too far away to be meant.")
            return None
        return day

    def end_after(self, name: str) -> date | None:
        """The day after the last day that was typed; None for an empty field, which is for ever."""
        day = self.day(name)
        return None if day is None else day + timedelta(days=1)
