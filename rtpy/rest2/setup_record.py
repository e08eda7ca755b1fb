"""Things of the set-up: found by number or name; seen and administered by rights that are asked before existence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from rtpy.errors import RtpyError
from rtpy.http.transactions import SAFE_METHODS
from rtpy.rest2.changed_words import say_changed, say_disabled, say_refused
from rtpy.rest2.documents import read_document
from rtpy.rest2.histories.past import forget_pasts, pasts_of
from rtpy.rest2.plain_values import Column
from rtpy.rest2.record import Record
from rtpy.rest2.resource import Created
from rtpy.rest2.unknown import refuse_unknown, say_unknown
from rtpy.rest2.values import Document, shown, stub, url

DISABLED = "Disabled"


class SetupRecord(Record):
    """One of them. A kind says which columns may be written and how; here they are tried one by one, as in RT."""

    is_setup = True
    label: ClassVar[str]
    """How sentences call it: `Queue`."""
    logged_as: ClassVar[str]
    """How the log of the set-up calls it."""
    quote: ClassVar[str] = '"'
    columns: ClassVar[Mapping[str, Column]]
    more: ClassVar[frozenset[str]] = frozenset()
    """Fields of a document that `put_more` and `create` know beside the columns."""
    only_new: ClassVar[frozenset[str]] = frozenset()
    """Further ones that `create` knows."""
    tolerated: ClassVar[frozenset[str]] = frozenset()
    """Fields that records show and nobody sets: a client may send back what it has read."""
    not_kept: ClassVar[frozenset[str]] = frozenset()
    """Columns of RT's without a place here: a new thing is made without them, an update says that they are unknown."""

    def sees(self, number: int) -> bool:
        """May the caller see the thing of this number (0: one that is not there)?"""
        raise NotImplementedError

    def administers(self, number: int) -> bool:
        """May the caller change it (0: make one)?"""
        raise NotImplementedError

    def apply(self, values: Mapping[str, Any]) -> None:
        """Give the row these values, by attribute. Raises Refused or Invalid."""
        raise NotImplementedError

    def current(self, attribute: str) -> Any:
        """What the row has."""
        return getattr(self.row, attribute)

    def create(self, document: Document) -> Any:
        """Make one, and return its row. Raises Refused, Invalid or Problem."""
        raise NotImplementedError

    def put_more(self, document: Document) -> list[str]:
        """The fields that are no columns; a sentence for each change."""
        return []

    @classmethod
    def fields_written(cls) -> frozenset[str]:
        """Columns and the rest."""
        return frozenset({*cls.columns, *cls.more, *cls.only_new})

    def read_columns(self, document: Document) -> dict[str, Any]:
        """The columns that a document names, by attribute. Raises Invalid."""
        return {
            each.attribute: each.read(name, document[name])
            for name, each in self.columns.items()
            if name in document
        }

    def place(self, row: Any) -> str:
        """The path of one behind the base."""
        return f"{self.kind.name}/{row.id}"

    def is_forbidden(self) -> bool:
        """The right to see for reading, to administer for all else."""
        number = self.row.id if self.row is not None else 0
        return not (self.sees if self.call.method in SAFE_METHODS else self.administers)(number)

    def etag(self) -> str | None:
        """The newest entry of the log; the moment of its making where there is none."""
        past = pasts_of(self.call, self.logged_as, [self._id])[self._id]
        return str(past.newest) if past.newest else super().etag()

    def last_modified(self) -> datetime | None:
        """By the log."""
        past = pasts_of(self.call, self.logged_as, [self._id])[self._id]
        return past.changed or getattr(self.row, "created", None)

    def post(self) -> Created:
        """201 with a stub."""
        document = read_document(self.call)
        refuse_unknown(document, self.fields_written(), tolerated=self.tolerated | self.not_kept)
        row = self.create(document)
        self.work.db.flush()
        forget_pasts(self.call)
        ref = self.kind.ref(row)
        return Created(
            self.place(row), {**stub(self.call, ref), "_url": url(self.call, *self.place(row).split("/"))}
        )

    def put(self) -> list[str]:
        """Columns by name, then the rest, then what nobody knows."""
        document = read_document(self.call)
        said: list[str] = []
        for name in sorted(self.columns.keys() & document.keys()):
            said += self._set(name, self.columns[name], document[name])
        said += self.put_more(document)
        forget_pasts(self.call)
        known = {*self.columns, *self.more}
        return said + say_unknown(self.numbered, document, known, tolerated=self.tolerated)

    def delete(self) -> None:
        """Switched off, not taken away; nothing when it is off."""
        if not self.current("disabled"):
            self.apply({"disabled": True})

    @property
    def thing(self) -> Any:
        """The row of one that exists."""
        return self.row

    @property
    def _id(self) -> int:
        return int(self.row.id) if self.row is not None else 0

    @property
    def numbered(self) -> str:
        """`Queue 7`: how its sentences begin."""
        return f"{self.label} {self._id}"

    def _set(self, name: str, column: Column, value: Any) -> list[str]:
        old = self.current(column.attribute)
        try:
            with self.work.db.begin_nested():
                self.apply({column.attribute: column.read(name, value)})
        except RtpyError as problem:
            return [say_refused(self.numbered, problem)]
        new = self.current(column.attribute)
        if name == DISABLED:
            return [say_disabled(self.label, disabled=bool(new), is_news=old != new)]
        if old == new:
            return []
        before, after = (str(shown(self.call, "" if each is None else each)) for each in (old, new))
        return [say_changed(self.numbered, name, before, after, self.quote)]
