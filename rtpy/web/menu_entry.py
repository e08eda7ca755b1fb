"""A line of the main menu that a plugin brings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line (hook `rtpy_menu`): the heading it stands under, where it leads, and who sees it.

    `rights`: of these one must be held, on the whole system or anywhere; none means all staff. `icon` is a name of the
    sprite. `count` gets the request and answers with the number at its end, or None; it is asked for every page.
    """

    group: str
    label: str
    route: str
    icon: str
    rights: tuple[str, ...] = ()
    count: Callable[[Any], int | None] | None = None
