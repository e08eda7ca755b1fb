"""Kinds of custom fields that plugins bring: a text that is read, shown and sorted in a way of its own."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rtpy.customfields.kinds import TYPES, FieldType, TypeFacts

log = logging.getLogger("rtpy.customfields")


class Sorts(StrEnum):
    """As what values are sorted and searched."""

    TEXT = "text"
    NUMBER = "number"
    """Values are kept as digits, such as 12.50, with a minus before them."""
    DATE = "date"
    """Values are kept as days, such as 2026-03-31."""


@dataclass(frozen=True, slots=True)
class BroughtKind:
    """A kind of custom field (hook `rtpy_custom_field_kinds`).

    `read` gets one value as typed, never an empty one, and answers with the text to be kept, at most 255 characters;
    it raises ValueError with a sentence about what is wrong. What is kept can be typed again, and gives the same.
    `show` makes the text of pages of it; without it, it is shown as it is kept. `hint` stands beside the input.
    """

    label: str
    help: str
    read: Callable[[str], str]
    show: Callable[[str], str] | None = None
    sorts_as: Sorts = Sorts.TEXT
    hint: str = ""
    may_be_many: bool = True

    @property
    def facts(self) -> TypeFacts:
        """What it can do, in the words of the core's own types."""
        return TypeFacts(self.label, self.help, may_be_many=self.may_be_many)

    def shown(self, kept: str) -> str:
        """What pages show of a kept text; the text itself when it cannot be shown, as one of another version."""
        if self.show is None:
            return kept
        try:
            return self.show(kept)
        except Exception:
            log.warning("“%s” cannot be shown as %s", kept[:40], self.label, exc_info=True)
            return kept

    @property
    def base(self) -> FieldType:
        """The type of the core as which it counts for inputs, searches and exports."""
        return FieldType.DATE if self.sorts_as is Sorts.DATE else FieldType.FREEFORM


def all_types(brought: Mapping[str, BroughtKind]) -> dict[str, TypeFacts]:
    """The types that a field can have: the core's, then those of plugins."""
    return TYPES | {name: kind.facts for name, kind in brought.items()}


def facts_of(brought: Mapping[str, BroughtKind], name: str) -> TypeFacts:
    """What a type can do; one whose plugin is not listed counts as a line of text."""
    return all_types(brought).get(name) or TYPES[FieldType.FREEFORM]
