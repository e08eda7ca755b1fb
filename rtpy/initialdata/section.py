"""What a section of a set-up file is: how one kind of thing is written out and how one entry is put in place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rtpy.work import Work

Entry = dict[str, Any]
"""One thing in plain values, by names instead of numbers; TOML can hold it."""


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing, such as `queues`.

    `defaults` are all keys of an entry besides those of `key`, with the value of what is left out; values that equal
    them are not written. `dump` gives every thing that is there, in a stable order. `save` makes a thing true:
    `before` is the present one, or None when it is to be made; it may answer
    with sentences about what was left out. It goes through `rtpy.changes`, so rights and the log
    of configuration hold; it raises Refused or Invalid.
    """

    name: str
    key: tuple[str, ...]
    defaults: Entry
    dump: Callable[[Work], Sequence[Entry]]
    save: Callable[[Work, Entry, Entry | None], Sequence[str] | None]
    unordered: frozenset[str] = field(default_factory=frozenset)
    """Keys of lists whose order means nothing: they are written sorted, and compared so."""

    def key_of(self, entry: Entry) -> tuple[str, ...]:
        """How the entry is known, without regard to case."""
        return tuple(str(entry.get(name, self.defaults.get(name, ""))).lower() for name in self.key)

    def name_of(self, entry: Entry) -> str:
        """The entry in words, for messages."""
        return ", ".join(str(entry.get(name, "")) for name in self.key if entry.get(name))

    def whole(self, entry: Entry) -> Entry:
        """The entry with every key."""
        full = {**self.defaults, **entry}
        return {
            name: sorted(value, key=str) if name in self.unordered and isinstance(value, list) else value
            for name, value in full.items()
        }

    def short(self, entry: Entry) -> Entry:
        """The entry without what is as usual, its keys first."""
        full = self.whole(entry)
        first = {name: full[name] for name in self.key if name in full}
        rest = {
            name: full[name]
            for name in self.defaults
            if name in full and name not in first and full[name] != self.defaults[name]
        }
        return {name: value for name, value in {**first, **rest}.items() if value is not None}
