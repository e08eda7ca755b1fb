"""The manifest of a backup: what it is of, what is in it, and the figures by which a restored site is checked."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rtpy.errors import Refused

NAME = "manifest.json"
SUM = "manifest.sha256"
"""The member after the manifest: its checksum."""
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Bytes:
    """Some attachments: how many, their bytes together, and the SHA-256 of their SHA-256s in order, a line each."""

    count: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What a database says of itself in one snapshot; a restored one must say the same.

    `revisions` are by line, the core's under an empty name; `rows` by table; `vital` are figures whose change would be
    a loss, by name.
    """

    revisions: Mapping[str, str]
    rows: Mapping[str, int]
    vital: Mapping[str, str]
    attachments: Bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in manifest.json.

    `database` is the kind and version (`sqlite 3.40.1`); `plugins` are the versions of the listed ones, `dropped` the
    names of those that lie in the home; `outside` the attachments that lie beside the database, `unreadable` those that
    could not be read; `members` has a SHA-256 for each other file of the backup.
    """

    rtpy: str
    made: str
    site: str
    database: str
    plugins: Mapping[str, str]
    dropped: tuple[str, ...]
    figures: Figures
    outside: Bytes
    unreadable: tuple[str, ...]
    members: Mapping[str, str]
    format: int = FORMAT

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.database.partition(" ")[0]

    def to_json(self) -> bytes:
        """For the file; people may read it."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()

    @staticmethod
    def from_json(raw: bytes) -> "Manifest":
        """Back again. Raises Refused when this version cannot read it."""
        try:
            told: dict[str, Any] = json.loads(raw)
            if told["format"] > FORMAT:
                raise Refused(
                    f"This backup was made by rtpy {told['rtpy']} in a form that is newer than this rtpy: "
                    "restore it with that version or a newer one."
                )
            figures = told.pop("figures")
            attachments = Bytes(**figures.pop("attachments"))
            return Manifest(
                **{
                    **told,
                    "figures": Figures(**figures, attachments=attachments),
                    "outside": Bytes(**told["outside"]),
                    "dropped": tuple(told["dropped"]),
                    "unreadable": tuple(told["unreadable"]),
                }
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused(f"The manifest of this backup ({NAME}) cannot be read: it is damaged.") from None
