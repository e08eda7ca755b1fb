"""Rights that were read once and hold until somebody writes a grant: no page then asks for them again."""

import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from rtpy.rights.grants import AceRow, Rights, read_aces, read_holders, rights_from
from rtpy.rights.standing import Standing

MOST = 1000
"""So many sets of rights are kept in a process."""
LONGEST = 60.0
"""Seconds after which they are read anew all the same: somebody may have changed rows by hand, without the stamp."""


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: object
    since: float
    holders: frozenset[int]
    aces: dict[frozenset[int], tuple[AceRow, ...]] = field(default_factory=dict)
    """By those of the principals to whom anything is granted: for customers these are the same few groups."""
    rights: dict[frozenset[int], Rights] = field(default_factory=dict)


def kept_rights(caches: dict[str, Any], db: Session, standing: Standing) -> Rights:
    """What `standing` holds; `caches` are those of the app. No query as a rule.

    Memberships and stamp were read in the transaction that asks. So nothing is held a moment longer than the
    database says, in whichever process it was taken away.
    """
    if not standing.principals:
        return Rights(frozenset())
    kept: _Kept | None = caches.get("rights")
    now = time.monotonic()
    if kept is None or kept.stamp != standing.stamp or now - kept.since > LONGEST or len(kept.rights) >= MOST:
        kept = caches["rights"] = _Kept(standing.stamp, now, read_holders(db))
    rights = kept.rights.get(standing.principals)
    if rights is None:
        holding = standing.principals & kept.holders
        if holding not in kept.aces:
            kept.aces[holding] = read_aces(db, holding)
        rights = kept.rights[standing.principals] = rights_from(standing.principals, kept.aces[holding])
    return rights
