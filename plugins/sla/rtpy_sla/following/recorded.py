"""How service levels write into a ticket's history: the types of their transactions, and what their data hold.

`sla.policy`: version (0: none), retarget, policy, reason. `sla.ball`: ball ("": by the status), until, reason.
`sla.excuse` and `sla.cause`: target, cycle, reason ("": taken back). `sla.promise`: deed (made, kept, moved,
withdrawn), cycle, due, words. `sla.import`: everything up to here was brought in from elsewhere. Instants are texts.
"""

import json
from datetime import datetime
from typing import Any

from rtpy.models import Transaction

POLICY = "sla.policy"
BALL = "sla.ball"
EXCUSE = "sla.excuse"
CAUSE = "sla.cause"
PROMISE = "sla.promise"
IMPORT = "sla.import"
TYPES = (POLICY, BALL, EXCUSE, CAUSE, PROMISE, IMPORT)

LONGEST_REASON = 500


def written(kind: str, **data: Any) -> Transaction:
    """A transaction of one of these types; what is None is left out, instants become text."""
    plain = {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in data.items()
        if value is not None
    }
    return Transaction(type=kind, data=json.dumps(plain, ensure_ascii=False, sort_keys=True))


def data_of(text: str) -> dict[str, Any]:
    """What a transaction's data hold; nothing when they cannot be read."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def moment_in(data: dict[str, Any], key: str) -> datetime | None:
    """An instant of the data; None when it is not there or cannot be read."""
    value = data.get(key)
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
