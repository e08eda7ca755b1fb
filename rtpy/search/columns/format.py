"""RT's format strings: which columns a result shows, in which order and lines, read into values and written back.

Nothing of the HTML in a format is kept but whether a cell is bold and whether it leads to its ticket.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rtpy.search.columns.column import Align, CannotShow, Column
from rtpy.search.columns.kinds import showing_of
from rtpy.search.searched import Target
from rtpy.work import Work

LONGEST = 10_000
MOST_COLUMNS = 100
MOST_LINES = 10

USUAL_FORMAT = (
    """'<b><a href="__WebPath__/Ticket/Display.html?id=__id__">__id__</a></b>/TITLE:#', """
    """'<b><a href="__WebPath__/Ticket/Display.html?id=__id__">__Subject__</a></b>/TITLE:Subject', """
    "Status, QueueName, Owner, Priority, __NEWLINE__, __NBSP__, "
    "Requestors, CreatedRelative, ToldRelative, LastUpdatedRelative, TimeLeft"
)
"""What a search shows that says nothing else (RT)."""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One cell of a line: the column's name (empty: an empty cell), and what differs from the column's own ways.

    `title` None: the column's own; empty: none. `is_bold`: emphasised; `leads_to_ticket`: a link to the page of the
    row's ticket, asset, article or entry.
    `position` is where it stands in the format, from 1.
    """

    name: str
    title: str | None = None
    align: Align | None = None
    is_bold: bool = False
    leads_to_ticket: bool = False
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of cells; a row of a result has as many as its format."""

    cells: tuple[ColumnChoice, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A choice with its column; None for an empty cell."""

    choice: ColumnChoice
    column: Column | None

    @property
    def title(self) -> str:
        """The heading."""
        own = self.column.title if self.column else ""
        return own if self.choice.title is None else self.choice.title

    @property
    def align(self) -> Align:
        """Where it stands."""
        return self.choice.align or (self.column.align if self.column else Align.LEFT)


# Possessive: a format comes from the address, and each character is to be looked at once.
_ITEM = re.compile(
    r"""\s*(?:'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<bare>(?:\{[^{}]*+\}|[^,'"\s])++))\s*(?:,|$)""",
    re.DOTALL,
)
_SUFFIX = re.compile(r"/(TITLE|ALIGN|CLASS|STYLE|SPAN|ATTRIBUTES):", re.IGNORECASE)
_PIECE = re.compile(
    r"""__(?P<place>(?:\{[^{}]*+\}|(?!__).)++)__
    |<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>(?:[^<>"']|"[^"]*"|'[^']*')*)>
    |<!--(?:[^-]|-(?!->))*+(?:-->|\Z)""",
    re.DOTALL | re.VERBOSE,
)
"""A column in a cell, or a tag; what stands in a tag is no column."""
_TICKET_ADDRESS = re.compile(
    r"""href\s*=\s*["']?[^"'\s>]*/(?:(?:Ticket|Asset|Articles/Article|Transaction)/Display\.html\?id=|ticket/)__id__""",
    re.IGNORECASE,
)
_PAGES = {
    Target.TICKETS: "Ticket",
    Target.ASSETS: "Asset",
    Target.ARTICLES: "Articles/Article",
    Target.TRANSACTIONS: "Transaction",
}
"""Where RT shows one of them."""
_BOLD = frozenset(("b", "strong"))
_NEW_LINE, _EMPTY = "newline", frozenset(("nbsp", "", "blank"))
# What RT's own pages have in a cell to click on or to tick, and addresses: pages here bring their own.
_NOT_COLUMNS = re.compile(
    r"loc\(.*\)|(?:CheckBox|RadioButton)(?:\..*)?|Timer|Web(?:Path|RequestPath|RequestPathDir|HomePath|BaseURL|URL)"
    r"|CurrentUser(?:Name)?",
    re.IGNORECASE | re.DOTALL,
)


def read_format(text: str) -> tuple[Line, ...]:
    """The lines of a format. An empty text is none; what is in HTML attributes counts only as the link it makes.

    Raises CannotShow where it cannot be read; whether its columns exist is asked by `resolve`.
    """
    if len(text) > LONGEST:
        raise CannotShow(f"This format is longer than {LONGEST:,} characters.")
    lines: list[list[ColumnChoice]] = [[]]
    for choice in _choices(text):
        if choice is None:
            lines.append([])
            continue
        if choice.name.strip("_") != choice.name:
            raise CannotShow(f"There is no column {choice.name[:60]}.", choice.position)
        lines[-1].append(choice)
    if sum(map(len, lines)) > MOST_COLUMNS or len(lines) > MOST_LINES:
        raise CannotShow(f"This format has more than {MOST_COLUMNS} columns or {MOST_LINES} lines.")
    return tuple(Line(tuple(cells)) for cells in lines if cells)


def show_format(lines: Sequence[Line], kind: Target = Target.TICKETS) -> str:
    """The format that reads as these lines, as RT writes it."""
    shown = (", ".join(_show(cell, _PAGES[kind]) for cell in line.cells) for line in lines)
    return ", __NEWLINE__, ".join(shown)


def resolve(work: Work, lines: Sequence[Line], kind: Target = Target.TICKETS) -> tuple[tuple[Cell, ...], ...]:
    """The same lines with their columns. Raises CannotShow, which points at the first name that is no column."""
    named = showing_of(kind).named
    return tuple(tuple(_cell(work, choice, named) for choice in line.cells) for line in lines)


def columns_of(lines: Sequence[Sequence[Cell]]) -> tuple[Cell, ...]:
    """All cells that hold something, in one line: for exports."""
    return tuple(cell for line in lines for cell in line if cell.column is not None)


def _cell(work: Work, choice: ColumnChoice, named: Callable[[Work, str], Column]) -> Cell:
    if not choice.name:
        return Cell(choice, None)
    try:
        return Cell(choice, named(work, choice.name))
    except CannotShow as unknown:
        raise CannotShow(str(unknown), choice.position) from None


def _choices(text: str) -> Iterator[ColumnChoice | None]:
    """None for the end of a line."""
    at = 0
    while text[at:].strip(" \t\r\n,"):
        if text[at] == "," or text[at].isspace():
            at += 1
            continue
        found = _ITEM.match(text, at)
        if found is None:
            raise CannotShow(f"This format cannot be read from here: {text[at : at + 40]}", at + 1)
        bare = found["bare"]
        quoted = found["single"] if found["single"] is not None else found["double"]
        item = bare if bare is not None else re.sub(r"\\(.)", r"\1", quoted or "", flags=re.DOTALL)
        yield from _read_item(item, at + 1)
        at = found.end()


def _read_item(item: str, position: int) -> Iterator[ColumnChoice | None]:
    body, title, align = _suffixes(item)
    if "__" not in body and not body.strip().startswith("<"):
        name = body.strip()
        if name.lower() == _NEW_LINE:
            yield None
            return
        yield ColumnChoice("" if name.lower() in _EMPTY else name, title, align, position=position)
        return
    for choice in _read_body(body):
        if choice is None:
            yield None
            continue
        yield replace(choice, title=title, align=align, position=position)
        title = title and ""  # of several columns in one item the first has the title


def _suffixes(item: str) -> tuple[str, str | None, Align | None]:
    pieces = _SUFFIX.split(item)
    title: str | None = None
    align: Align | None = None
    for name, value in zip(pieces[1::2], pieces[2::2], strict=True):
        if name.upper() == "TITLE":
            spoken = re.sub(r"__loc\((.*?)\)__", r"\1", value).strip()
            title = "" if spoken.strip("_").upper() in ("NBSP", "&NBSP;") else spoken
        elif name.upper() == "ALIGN":
            align = next((each for each in Align if each == value.strip().lower()), None)
    return pieces[0], title, align


def _read_body(body: str) -> Iterator[ColumnChoice | None]:
    """What stands between tags; tags tell only of bold and of the link to the ticket."""
    bold, leads = 0, False
    for piece in _PIECE.finditer(body):
        if piece["tag"]:
            tag, closes = piece["tag"].lower(), bool(piece["close"])
            if tag in _BOLD:
                bold = max(0, bold - 1) if closes else bold + 1
            elif tag == "a":
                leads = not closes and _TICKET_ADDRESS.search(piece["rest"]) is not None
        elif piece["place"]:
            name = piece["place"].strip()
            if name.lower() == _NEW_LINE:
                yield None
            elif name.lower() in _EMPTY:
                yield ColumnChoice("")
            elif not _NOT_COLUMNS.fullmatch(name):
                yield ColumnChoice(name, is_bold=bold > 0, leads_to_ticket=leads)


def _show(choice: ColumnChoice, page: str) -> str:
    is_plain = (
        choice.title is None and choice.align is None and not choice.is_bold and not choice.leads_to_ticket
    )
    if is_plain and re.fullmatch(r"\w+", choice.name) and "__" not in choice.name:
        return choice.name
    body = f"__{choice.name or 'NBSP'}__"
    if choice.leads_to_ticket:
        body = f'<a href="__WebPath__/{page}/Display.html?id=__id__">{body}</a>'
    if choice.is_bold:
        body = f"<b>{body}</b>"
    if choice.title is not None:
        body += f"/TITLE:{choice.title or 'NBSP'}"
    if choice.align is not None:
        body += f"/ALIGN:{choice.align}"
    return "'" + re.sub(r"([\\'])", r"\\\1", body) + "'"
