"""Requests sent twice with one `Idempotency-Key`: done once, answered twice.

The answer is kept in the transaction of the deed. What was refused is not kept: it may be tried again.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson
from pyramid_retry import mark_error_retryable
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from rtpy.db.base import table_of
from rtpy.models import RepeatedRequest
from rtpy.rest2.call import Call
from rtpy.rest2.problem import Problem

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
LONGEST = 255

Answer = tuple[int, str, Any]
"""Status, path behind `Location` (or empty), body; Any: JSON."""


def key_of(call: Call) -> str:
    """The key of the call; empty when it has none. Raises Problem 400 for one that is too long."""
    key = str(call.request.headers.get(HEADER, "")).strip()
    if len(key) > LONGEST:
        raise Problem(400, f"{HEADER} is longer than {LONGEST} characters")
    return key


def kept_answer(call: Call, key: str) -> Answer | None:
    """What the same request was answered before; None when it comes for the first time.

    Raises Problem 422 when the key came with another request. One query.
    """
    table = table_of(RepeatedRequest).c
    row = (
        call.work.db.connection()
        .execute(
            select(table.fingerprint, table.status, table.location, table.body).where(
                table.user_id == call.work.actor.user_id,
                table.key_hash == _hash(key.encode()),
                table.created > call.work.now - KEPT_FOR,
            )
        )
        .one_or_none()
    )
    if row is None:
        return None
    if row.fingerprint != _fingerprint(call):
        raise Problem(422, f"This {HEADER} came with another request before: take a new one for each request")
    return row.status, row.location, orjson.loads(row.body)


def keep_answer(call: Call, key: str, answer: Answer) -> None:
    """Keep it; what is older than a day goes. Of two that come at the same time one is tried again, and finds it."""
    status, location, body = answer
    db, table = call.work.db, table_of(RepeatedRequest)
    db.flush()
    db.connection().execute(delete(table).where(table.c.created <= call.work.now - KEPT_FOR))
    values = {
        "user_id": call.work.actor.user_id,
        "key_hash": _hash(key.encode()),
        "fingerprint": _fingerprint(call),
        "status": status,
        "location": location[:255],
        "body": orjson.dumps(body).decode(),
        "created": call.work.now,
    }
    try:
        db.connection().execute(insert(table).values(values))
    except IntegrityError as error:
        mark_error_retryable(error)
        raise


def _fingerprint(call: Call) -> str:
    address = f"{call.method} {call.request.path_qs}\n".encode()
    return _hash(address + call.body)


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()
