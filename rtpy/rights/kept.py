"""Rights that were read once and hold until somebody writes a grant: no page then asks for them again."""

import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from rtpy.rights.grants import Rights, read_rights
from rtpy.rights.standing import Standing

MOST = 1000
"""So many sets of rights are kept in a process."""
LONGEST = 60.0
"""Seconds after which they are read anew all the same: somebody may have changed rows by hand, without the stamp."""


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: object
    since: float
    rights: dict[frozenset[int], Rights] = field(default_factory=dict)


def kept_rights(caches: dict[str, Any], db: Session, standing: Standing) -> Rights:
    """What `standing` holds; `caches` are those of the app. No query as a rule.

    Memberships and stamp were read in the transaction that asks. So nothing is held a moment longer than the
    database says, in whichever process it was taken away.
    """
    kept: _Kept | None = caches.get("rights")
    now = time.monotonic()
    if kept is None or kept.stamp != standing.stamp or now - kept.since > LONGEST or len(kept.rights) >= MOST:
        kept = caches["rights"] = _Kept(standing.stamp, now)
    rights = kept.rights.get(standing.principals)
    if rights is None:
        rights = kept.rights[standing.principals] = read_rights(db, standing.principals)
    return rights
