"""Name and description of an asset."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.assets.allowed import need
from rtpy.changes.change import Record
from rtpy.errors import Invalid, Problem
from rtpy.models import Asset, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work

LONGEST = 200


@dataclass(frozen=True, slots=True)
class SetAssetText:
    """What it is called, and what is to say about it."""

    name: str
    description: str

    def check(self, work: Work, asset: Asset) -> None:
        """Needs ModifyAsset."""
        need(work, asset, Right.MODIFY_ASSET)
        good_name(self.name)

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """One transaction for each that changes."""
        description = self.description.replace("\x00", "").replace("\r\n", "\n")
        wanted = (("name", "Name", good_name(self.name)), ("description", "Description", description))
        for column, field, value in wanted:
            old = getattr(asset, column)
            if old != value:
                setattr(asset, column, value)
                yield Record(Transaction(type="Set", field=field, old_value=old, new_value=value))


def good_name(name: str) -> str:
    """The name in one line. Raises Invalid; a number alone would be taken for the number of an asset (RT)."""
    name = " ".join(name.replace("\x00", "").split())
    if not name or len(name) > LONGEST:
        raise Invalid(Problem("name", f"Give the asset a name of up to {LONGEST} letters."))
    if name.isdigit():
        raise Invalid(Problem("name", "A name of digits only would be taken for a number: add a word."))
    return name
