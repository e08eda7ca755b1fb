"""What the form of a new request holds, as it was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyramid.csrf import get_csrf_token
from pyramid.request import Request

from rtpy.http.redirects import is_safe_path

DEED, STAMP, TRAP, FILES, HELD, SEEN, DEFLECTED = (
    "deed",
    "stamp",
    "homepage",
    "files",
    "held",
    "seen",
    "answered",
)
NEVER_CARRIED = frozenset({"csrf_token", DEED, STAMP, TRAP, FILES, HELD, DEFLECTED})
KEEP, FORGET, SEND, EDIT, ANSWERED = "keep", "forget", "send", "edit", "answered:"
MOST, LONGEST = 200, 100_000
"""Texts of a form, and characters of one, that are taken at all."""


@dataclass(frozen=True, slots=True)
class Typed:
    """All texts of the form by field, in their order."""

    values: Mapping[str, Sequence[str]]

    def text(self, name: str) -> str:
        """The text of one field; empty when there is none."""
        found = self.values.get(name, ())
        return found[-1] if found else ""

    @property
    def deed(self) -> str:
        """Which button sent the form."""
        return self.text(DEED)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the next page keeps in hidden fields."""
        return [
            (name, each) for name, texts in self.values.items() if name not in NEVER_CARRIED for each in texts
        ]


def read_typed(request: Request) -> Typed:
    """The texts of a posted form; NUL, which no database keeps, is left out."""
    values: dict[str, list[str]] = {}
    for name, value in list(request.POST.items())[:MOST]:
        if isinstance(value, str):
            text = value.replace("\x00", "").replace("\r\n", "\n")
            values.setdefault(name[:50], []).append(text[: LONGEST + 1])
    return Typed(values)


def read_asked(request: Request) -> Typed:
    """What an address gives to an empty form: a subject, a text, and the page that it comes from."""
    given = {name: request.GET.get(name, "")[:2_000].strip() for name in ("subject", "text", "page")}
    page = given["page"]
    given["page"] = page[:200] if is_safe_path(page) and page.startswith("/portal") else ""
    return Typed({name: (value,) for name, value in given.items() if value})


def browser_of(request: Request) -> str:
    """What only this browser has: files that wait are found with it alone."""
    return str(get_csrf_token(request))
