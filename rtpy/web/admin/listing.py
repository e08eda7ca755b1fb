"""Lists of the administration: found by words, a page at a time, all drawn by admin/list.pt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyramid.request import Request

from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.shown import Link

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: words to look for, the page from 1, and whether disabled things are wanted too."""

    words: str
    number: int
    with_disabled: bool

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.number - 1) * PER_PAGE

    def finds(self, text: str, *, disabled: bool) -> bool:
        """Does a thing of which this is said belong into the list?"""
        return (self.with_disabled or not disabled) and all(
            word in text.lower() for word in self.words.lower().split()
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: its name leads to `url`; `cells` stand below the other columns. `state` is a word for what is off."""

    name: str
    url: str
    cells: tuple[Html | str, ...] = ()
    state: str = ""


def read_asked(request: Request) -> Asked:
    """`?q=`, `?page=` and `?disabled=1`; what makes no sense is left out."""
    given = request.GET
    typed = given.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed[:6]) < 10_000 else 1
    words = " ".join(given.get("q", "").replace("\x00", "").split())[:100]
    return Asked(words, number, given.get("disabled") == "1")


def list_values(
    request: Request,
    asked: Asked,
    *,
    route: str,
    title: str,
    intro: str,
    columns: Sequence[str],
    lines: Sequence[Line],
    create_url: str | None = None,
    create_label: str = "New",
    empty: str = "Nothing here yet.",
    can_be_disabled: bool = True,
    tabs: Sequence[Link] = (),
    kept: Mapping[str, str] | None = None,
    filters: Sequence[Field] = (),
) -> dict[str, object]:
    """The values of admin/list.pt. `lines` may hold one more than a page: then there is a next page.

    `tabs` narrow the list; `kept` is what the address says beside the usual, such as which tab. `filters` are selects
    that stand beside the words.
    """
    chosen = {each.name: option.value for each in filters for option in each.options if option.selected}

    def url(number: int) -> str:
        query = {"q": asked.words, "disabled": "1" if asked.with_disabled else "", "page": str(number)}
        asked_for = {name: value for name, value in query.items() if value and (name, value) != ("page", "1")}
        narrowed = {**(kept or {}), **{name: value for name, value in chosen.items() if value}, **asked_for}
        found: str = request.route_path(route, _query=narrowed or None)
        return found

    return {
        "crumbs": admin_crumbs(request),
        "title": title,
        "intro": intro,
        "columns": tuple(columns),
        "lines": tuple(lines[:PER_PAGE]),
        "asked": asked,
        "list_url": request.route_path(route),
        "tabs": tuple(tabs),
        "kept": tuple((kept or {}).items()),
        "filters": tuple(filters),
        "create_url": create_url,
        "create_label": create_label,
        "empty_text": _nothing(asked, any(chosen.values()), empty),
        "can_be_disabled": can_be_disabled,
        "previous_url": url(asked.number - 1) if asked.number > 1 else None,
        "next_url": url(asked.number + 1) if len(lines) > PER_PAGE else None,
    }


def _nothing(asked: Asked, is_narrowed: bool, empty: str) -> str:
    if asked.words:
        return "Nothing has these words. Look for fewer."
    return "Nothing fits this choice." if is_narrowed else empty


def admin_crumbs(request: Request, *further: Link) -> tuple[Link, ...]:
    """The way to a page of the administration."""
    path = request.route_path
    return (Link("Home", path("home")), Link("Administration", path("admin.home")), *further)
