"""A pane of dashboards that a plugin brings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BroughtPortlet:
    """A pane that a plugin brings under a name of its own (hook `rtpy_portlets`).

    `values` gets the request and how many rows the reader wants, and answers with the values of `template`, a piece of
    a page (no page of its own) in the plugin's folder `templates`; or with None when there is nothing to show: then the
    title and the text of `empty` stand there. `request.work` says who reads, and everything that is shown must be what
    they may see. It is asked for each dashboard anew, so it asks a bounded number of queries and writes nothing.
    """

    title: str
    template: str
    values: Callable[[Any, int], Mapping[str, Any] | None]
    empty: tuple[str, str] = ("Nothing here", "There is nothing to show at the moment.")
