"""The numbers of attachments: stored parts have their own, what RT stores besides them and we do not is counted apart.

RT keeps a row for the container of a message with several parts, and rows for the mails that it sent. Their numbers
here are those of the transaction, or of the sent mail, above numbers that no row reaches; all stay below 2^53, as far
as JavaScript counts.
"""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select

from rtpy.db.among import among
from rtpy.db.base import table_of
from rtpy.models import Attachment, OutgoingMail, Transaction
from rtpy.rest2.call import Call

MAILS = 2**51
"""Sent mails begin here."""
CONTAINERS = 2**52
"""Containers of messages with several parts begin here."""
RECORDS = ("EmailRecord", "CommentEmailRecord")


def pieces_of(call: Call, types: Mapping[int, str]) -> Mapping[int, list[int]]:
    """The numbers of all attachments of transactions that the caller may see, in order; `types` are theirs, by number.

    A query for what was said and one for mails, each only if there is such a transaction.
    """
    found: dict[int, list[int]] = defaultdict(list)
    connection = call.work.db.connection()
    records = [number for number, kind in types.items() if kind in RECORDS]
    others = [number for number, kind in types.items() if kind not in RECORDS]
    for row in connection.execute(_PARTS, {"ids": others}) if others else ():
        found[row.transaction_id].append(row.id)
    for number, parts in found.items():
        if len(parts) > 1:
            parts.insert(0, CONTAINERS + number)
    for row in connection.execute(_MAILS, {"ids": records}) if records else ():
        found[row.transaction_id].append(MAILS + row.id)
    return found


_parts, _mails, _events = table_of(Attachment).c, table_of(OutgoingMail).c, table_of(Transaction).c
# Built once: to build these costs more than to run them.
_PARTS = (
    select(_parts.transaction_id, _parts.id)
    .where(among(_parts.transaction_id, "ids"))
    .order_by(_parts.transaction_id, _parts.position)
)
_MAILS = (
    select(_events.id.label("transaction_id"), _mails.id)
    .join(table_of(OutgoingMail), _mails.message_id == _events.data)
    .where(among(_events.id, "ids"))
)
