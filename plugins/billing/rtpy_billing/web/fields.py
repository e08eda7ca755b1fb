"""Fields of forms, made in one line each from what a form says."""

from collections.abc import Iterable, Mapping

from rtpy.web.forms import Field, Option
from rtpy_billing.money import CURRENCIES


class Fields:
    """Makes fields whose values are in `given`."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given

    def text(
        self, name: str, label: str, hint: str = "", kind: str = "text", *, required: bool = False
    ) -> Field:
        """An input."""
        return Field(name, label, self._given.get(name, ""), kind, hint, required=required)

    def area(self, name: str, label: str, hint: str = "", rows: int = 3) -> Field:
        """Text of several lines."""
        return Field(name, label, self._given.get(name, ""), "textarea", hint, rows=rows)

    def box(self, name: str, label: str, hint: str = "") -> Field:
        """A box to tick."""
        return Field(name, label, "1", "checkbox", hint, checked=self._given.get(name) == "1")

    def choice(self, name: str, label: str, options: Mapping[str, str], hint: str = "") -> Field:
        """A select."""
        chosen = self._given.get(name, "")
        shown = tuple(Option(value, text, value == chosen) for value, text in options.items())
        return Field(name, label, chosen, "select", hint, required=True, options=shown)

    def one_of(
        self, name: str, label: str, options: Iterable[tuple[int, str]], nothing: str, hint: str = ""
    ) -> Field:
        """A select of rows by id, with a first line for none."""
        return self.choice(name, label, {"": nothing, **{str(id_): text for id_, text in options}}, hint)

    def currency(self, name: str = "currency", label: str = "Currency", hint: str = "") -> Field:
        """A select of all currencies, the usual ones first."""
        usual = ("EUR", "USD", "GBP", "CHF")
        return self.choice(
            name, label, {code: code for code in (*usual, *sorted(CURRENCIES.difference(usual)))}, hint
        )
