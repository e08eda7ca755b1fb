"""A pane of dashboards that a plugin brings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class PortletRow:
    """A row of such a pane in a mail: its cells as plain text; the first leads to `path`, such as `/ticket/7`."""

    cells: tuple[str, ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class PortletTable:
    """Such a pane in a mail: titles of the columns, and the rows; no rows: `empty` is said."""

    titles: tuple[str, ...]
    rows: Sequence[PortletRow]


@dataclass(frozen=True, slots=True)
class BroughtPortlet:
    """A pane that a plugin brings under a name of its own (hook `rtpy_portlets`).

    `values` gets the request and how many rows the reader wants, and answers with the values of `template`, a piece of
    a page (no page of its own) in the plugin's folder `templates`; or with None when there is nothing to show: then the
    title and the text of `empty` stand there. `request.work` says who reads, and everything that is shown must be what
    they may see. It is asked for each dashboard anew, so it asks a bounded number of queries and writes nothing.

    `mail` gets the reader's work and how many rows they want, and answers with the table that stands in a dashboard by
    mail, as text and as HTML; the same rules hold. Without it the mail says where the pane is seen.
    """

    title: str
    template: str
    values: Callable[[Any, int], Mapping[str, Any] | None]
    empty: tuple[str, str] = ("Nothing here", "There is nothing to show at the moment.")
    mail: Callable[[Work, int], PortletTable] | None = None
