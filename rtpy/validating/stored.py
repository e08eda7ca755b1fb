"""Stored bytes, the index of texts, counters of the database: what stands beside the tables that say it."""

import hashlib
import secrets
from typing import Any, Final

from sqlalchemy import BigInteger, and_, exists, func, insert, literal, not_, or_, select, text

from rtpy.changes.unused_bytes import HASH, delete_unused_bytes, holders_of_bytes
from rtpy.db.base import Base, table_of
from rtpy.migrations.lines import present_tables
from rtpy.models import Attachment, Blob, SearchDocument, SearchPending, SearchState, Ticket
from rtpy.search.text.forgetting import forget_documents
from rtpy.search.text.index import index_of
from rtpy.search.text.numbering import OBJECT_SHIFT, SPACE_SHIFT
from rtpy.validating.validation import NOTHING, Found, Validation, count_rows
from rtpy.work import Work

SAMPLE: Final = 400
"""Blobs whose bytes are read, others each time."""
SAMPLE_BYTES: Final = 2_000_000
"""Larger ones are not read: `rtpy backup` reads all of them."""


def _look_without_bytes(work: Work) -> Found:
    found = 0
    examples: list[str] = []
    for table in holders_of_bytes(work):  # a handful of tables
        hashes = table.c[HASH]
        lost = and_(hashes.is_not(None), not_(exists().where(Blob.sha256 == hashes)))
        one = count_rows(work, select(literal(f"{table.name}:"), *table.primary_key, hashes).where(lost))
        found, examples = found + one.count, [*examples, *one.examples]
    return Found(found, tuple(examples[:5]))


def _look_sizes(work: Work) -> Found:
    query = select(
        literal("attachment"), Attachment.id, literal("says"), Attachment.size, literal("not"), Blob.size
    )
    return count_rows(
        work,
        query.join(Blob, Blob.sha256 == Attachment.blob_sha256)
        .where(Attachment.size != Blob.size)
        .order_by(Attachment.id),
    )


def _look_damaged(work: Work) -> Found:
    start = secrets.token_hex(32)  # hashes are spread evenly: from anywhere on is a fair sample
    whole = select(Blob.sha256, Blob.data).where(Blob.size <= SAMPLE_BYTES, Blob.data.is_not(None))
    connection = work.db.connection()
    damaged, read = [], 0
    for part in (whole.where(Blob.sha256 >= start), whole.where(Blob.sha256 < start)):
        rows = connection.execute(
            part.order_by(Blob.sha256).limit(SAMPLE - read), execution_options={"yield_per": 10}
        )
        for row in rows:
            read += 1
            if hashlib.sha256(row.data).hexdigest() != row.sha256:
                damaged.append(row.sha256)
        if read >= SAMPLE:
            break
    return Found(len(damaged), tuple(f"blob {each}" for each in damaged[:5]))


def _unused(work: Work) -> Any:
    return and_(
        *(not_(exists().where(table.c[HASH] == table_of(Blob).c.sha256)) for table in holders_of_bytes(work))
    )


def _look_unused(work: Work) -> Found:
    table = table_of(Blob)
    query = select(literal("blob"), table.c.sha256, table.c.size, literal("bytes"))
    return count_rows(work, query.where(_unused(work)).order_by(table.c.sha256))


def _remove_unused(work: Work) -> int:
    return delete_unused_bytes(work, work.db.connection().scalars(select(Blob.sha256).where(_unused(work))))


_OF_TICKETS = table_of(SearchDocument).c.id < (1 << SPACE_SHIFT)


def _stray_documents() -> Any:
    documents = table_of(SearchDocument)
    return and_(_OF_TICKETS, not_(exists().where(Ticket.id == documents.c.origin_id)))


def _look_stray_documents(work: Work) -> Found:
    documents = table_of(SearchDocument)
    query = select(literal("text of ticket"), documents.c.origin_id).where(_stray_documents())
    return count_rows(work, query.order_by(documents.c.id))


def _missing_documents() -> Any:
    """Tickets with a subject of which the index knows none, and for which none waits."""
    documents = table_of(SearchDocument)
    shift = literal(1 << OBJECT_SHIFT, BigInteger)
    first = Ticket.id * shift
    known = exists().where(documents.c.id >= first, documents.c.id < first + shift)
    waits = exists().where(SearchPending.what == "ticket", SearchPending.object_id == Ticket.id)
    older = exists().where(SearchState.tickets_below > Ticket.id)
    letters = or_(*(Ticket.subject.contains(letter) for letter in "aeiou"))
    return and_(Ticket.merged_into_id.is_(None), letters, not_(known), not_(waits), not_(older))


def _look_missing_documents(work: Work) -> Found:
    return count_rows(
        work, select(literal("ticket"), Ticket.id).where(_missing_documents()).order_by(Ticket.id)
    )


def _ask_for_documents(work: Work) -> int:
    rows = select(literal("ticket"), Ticket.id, literal(work.now, Base.type_annotation_map[type(work.now)]))
    return int(
        work.db.connection()
        .execute(
            insert(table_of(SearchPending)).from_select(
                ["what", "object_id", "since"], rows.where(_missing_documents())
            )
        )
        .rowcount
    )


def _not_indexed(work: Work) -> Any:
    documents, index = table_of(SearchDocument), index_of(work.app, work.db)
    there = exists().where(index.id == documents.c.id).select_from(index.table)
    return select(documents.c.id, documents.c.text).where(not_(there)).order_by(documents.c.id)


def _look_not_indexed(work: Work) -> Found:
    rows = _not_indexed(work).subquery()
    return count_rows(work, select(literal("document"), rows.c.id).order_by(rows.c.id))


def _index(work: Work) -> int:
    done, index = 0, index_of(work.app, work.db)
    while rows := work.db.connection().execute(_not_indexed(work).limit(500)).all():
        index.put(work.db, [(row.id, row.text) for row in rows])
        done += len(rows)
    return done


def _counters(work: Work) -> list[tuple[str, str, int]]:
    """Table, sequence and highest id of those whose next number is taken already."""
    connection = work.db.connection()
    if connection.dialect.name != "postgresql":
        return []
    # one row for ever, whose number is written in the code
    names = {table.name for table in present_tables(work.app.lines)} - {SearchState.__tablename__}
    owned = connection.execute(
        text(
            "SELECT t.relname, s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid "
            "AND d.deptype IN ('a', 'i') JOIN pg_class t ON t.oid = d.refobjid "
            "JOIN pg_namespace n ON n.oid = t.relnamespace "
            "WHERE s.relkind = 'S' AND n.nspname = current_schema() ORDER BY 1"
        )
    ).all()
    pieces = [
        f"SELECT '{table}', '{sequence}', (SELECT max(id) FROM {table}), "
        f"(SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence})"
        for table, sequence in owned
        if table in names and "id" in Base.metadata.tables[table].c
    ]
    if not pieces:
        return []
    rows = connection.exec_driver_sql(" UNION ALL ".join(pieces)).all()
    return [(row[0], row[1], row[2]) for row in rows if row[2] is not None and row[2] > row[3]]


def _look_counters(work: Work) -> Found:
    behind = _counters(work)
    return Found(len(behind), tuple(f"{table}: the highest id is {top}" for table, _, top in behind[:5]))


def _set_counters(work: Work) -> int:
    behind = _counters(work)
    for _, sequence, highest in behind:
        work.db.connection().execute(select(func.setval(sequence, highest)))
    return len(behind)


def _look_foreign(work: Work) -> Found:
    """PostgreSQL holds its own; SQLite can be written to by programs that do not ask it to."""
    connection = work.db.connection()
    if connection.dialect.name != "sqlite":
        return NOTHING
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    told = tuple(f"{row[0]}: row {row[1]} points into {row[2]}" for row in broken[:5])
    return Found(len(broken), told)


STORED = (
    Validation(
        "tables.references",
        "rows point at rows that are not there",
        _look_foreign,
        "Somebody wrote to the file of the database by hand: delete or correct these rows with sqlite3.",
    ),
    Validation(
        "tables.counters",
        "tables would give a number that is taken to their next row",
        _look_counters,
        "The counters go on after the highest number.",
        _set_counters,
    ),
    Validation(
        "files.without_bytes",
        "rows name bytes that are not stored",
        _look_without_bytes,
        "Put them back from a backup: nothing here can make them again.",
    ),
    Validation(
        "files.damaged",
        f"of {SAMPLE} files that were read have other bytes than were stored",
        _look_damaged,
        "Put them back from a backup: nothing here can make them again.",
    ),
    Validation(
        "files.sizes",
        "parts of messages say another size than their bytes have",
        _look_sizes,
        "Histories are never changed: it harms nothing but the size that is shown.",
    ),
    Validation(
        "files.unused",
        "stored bytes are named by nothing",
        _look_unused,
        "They are deleted.",
        _remove_unused,
    ),
    Validation(
        "search.of_nothing",
        "texts of the index belong to tickets that are not there",
        _look_stray_documents,
        "They are taken out of the index.",
        lambda work: forget_documents(work.app, work.db, _stray_documents()),
    ),
    Validation(
        "search.missing",
        "tickets are not found by their subject",
        _look_missing_documents,
        "The worker reads them again.",
        _ask_for_documents,
    ),
    Validation(
        "search.not_indexed",
        "texts are kept for the index and are not in it",
        _look_not_indexed,
        "They are put into it.",
        _index,
    ),
)
