"""Single records: loaded once for a call, shown whole, with the tag of their newest transaction."""

from datetime import datetime
from typing import Any, ClassVar

from rtpy.db.base import Base
from rtpy.models.locks import lock_row
from rtpy.rest2.call import JSON, MULTIPART
from rtpy.rest2.kind import Kind
from rtpy.rest2.resource import Resource
from rtpy.rest2.values import Document


class Record(Resource):
    """One row of a kind. The row is Any: each kind has its own."""

    methods: ClassVar[tuple[str, ...]] = ("GET", "PUT", "POST", "DELETE")
    accepts: ClassVar[tuple[str, ...]] = (JSON, MULTIPART)
    has_conditions = True
    kind: ClassVar[Kind]

    def find(self) -> Any | None:
        """The row that the address names, whether or not it may be seen; None when there is none."""
        raise NotImplementedError

    @property
    def row(self) -> Any | None:
        """The row, read once."""
        if "row" not in self.call.cache:
            self.call.cache["row"] = self.find()
        return self.call.cache["row"]

    def exists(self) -> bool:
        """Is there such a row?"""
        return self.row is not None

    def lock(self) -> None:
        """Its row, where that is one of the database; kinds whose rows are made otherwise lock for themselves."""
        if isinstance(self.row, Base):
            lock_row(self.call.work.db, self.row)

    def etag(self) -> str | None:
        """The newest transaction, or the moment of the last change; nothing by itself."""
        changed = self.last_modified()
        return changed.isoformat() if changed else None

    def last_modified(self) -> datetime | None:
        """The row's own moment of change."""
        return getattr(self.row, "last_updated", None) or getattr(self.row, "created", None)

    def get(self) -> Document:
        """All of it."""
        return self.kind.record(self.call, self.row)
