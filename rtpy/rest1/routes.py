"""The addresses of REST 1.0 and what each does: one deed a module."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rtpy.rest1.edit import edit_object, edit_objects
from rtpy.rest1.frame import Answer, RawAnswer
from rtpy.rest1.given import Given
from rtpy.rest1.greet import greet, log_out
from rtpy.rest1.link import link_things
from rtpy.rest1.merge import merge_by_parameters, merge_tickets
from rtpy.rest1.search import search_objects
from rtpy.rest1.show import show_object, show_objects

Deed = Callable[..., Answer | RawAnswer]


@dataclass(frozen=True, slots=True)
class Found:
    """A deed, the pieces of the address that it gets, and whether it changes something."""

    deed: Deed
    places: Mapping[str, str]
    writes: bool


ADDRESSES: tuple[tuple[str, Deed, bool], ...] = (
    (r"", greet, False),
    (r"logout", log_out, False),
    (r"show", show_objects, False),
    (r"(?P<type>[a-z]+)/show", show_objects, False),
    (r"edit", edit_objects, True),
    (r"(?P<type>[a-z]+)/edit", edit_objects, True),
    (r"search/(?P<type>[^/]*)", search_objects, False),
    (r"(?P<type>[a-z]+)/link", link_things, True),
    (r"ticket/merge", merge_by_parameters, True),
    (r"ticket/(?P<id>\d+)/merge/(?P<into>\d+)", merge_tickets, True),
)
"""Pattern, deed, and whether it may write. What fits none names an object: with `content` a write, else a read."""

_COMPILED = [(re.compile(pattern, re.ASCII), deed, writes) for pattern, deed, writes in ADDRESSES]


def find_deed(path: str, given: Given) -> Found:
    """What an address means; slashes around it do not count."""
    path = re.sub(r"/+", "/", path).strip("/")
    for pattern, deed, writes in _COMPILED:
        if found := pattern.fullmatch(path):
            return Found(deed, {name: text for name, text in found.groupdict().items() if text}, writes)
    writes = "content" in given
    return Found(edit_object if writes else show_object, {"path": path}, writes)
