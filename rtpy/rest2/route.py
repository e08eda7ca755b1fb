"""Addresses of REST 2.0: patterns with the resources that answer them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rtpy.rest2.resource import Resource


@dataclass(frozen=True, slots=True)
class Route:
    """A pattern such as `ticket/{id}/comment`: `{id}` is digits, `{name*}` anything without a slash.

    A slash may follow unless `is_strict`. `about` is one sentence for the description of the API, where a
    route without it is not told: those that only refuse.
    """

    pattern: str
    resource: type[Resource]
    about: str = ""
    is_strict: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The arguments."""
        return tuple(name.rstrip("*") for name in re.findall(r"\{(.*?)\}", self.pattern))


@dataclass(frozen=True, slots=True)
class Routes:
    """All of them, found by their first word."""

    by_word: Mapping[str, tuple[tuple[re.Pattern[str], Route], ...]]
    all: tuple[Route, ...]

    def find(self, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """The first route that fits `path`, which has no slash in front, and its arguments."""
        for pattern, route in self.by_word.get(path.partition("/")[0], ()):
            if found := pattern.fullmatch(path):
                return route, found.groupdict()
        return None


def put_together(routes: Iterable[Route]) -> Routes:
    """Ready to be searched; the first of two that fit wins."""
    by_word: dict[str, list[tuple[re.Pattern[str], Route]]] = defaultdict(list)
    every = tuple(routes)
    for route in every:
        by_word[route.pattern.partition("/")[0]].append((_compiled(route), route))
    return Routes({word: tuple(found) for word, found in by_word.items()}, every)


def _compiled(route: Route) -> re.Pattern[str]:
    def piece(found: re.Match[str]) -> str:
        name = found[1]
        return f"(?P<{name[:-1]}>[^/]+)" if name.endswith("*") else f"(?P<{name}>[0-9]+)"

    text = re.sub(r"\{(.*?)\}", piece, route.pattern)
    return re.compile(text if route.is_strict else f"{text}/?")
