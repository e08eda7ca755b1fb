"""Indexes answer what queries reach beside the table of tickets: nothing large is read from end to end."""

from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Name
from rtpy.search.run import Order, Search, ids_query
from rtpy.search.searched import Target

TXN = Target.TRANSACTIONS
LARGE = {"transactions", "attachments", "custom_field_contents", "links", "read_marks", "bookmarks"}
SHAPES = [
    ("CF.{Serial} = 'x'", Target.TICKETS),
    ("CF.{Serial} != 'x' AND Status = 'open'", Target.TICKETS),
    ("CF.{Serial} IN ('x', 'y')", Target.TICKETS),
    ("CF.{Serial} IS NULL", Target.TICKETS),
    ("CF.{Serial} IS NOT NULL", Target.TICKETS),
    ("CF.{Serial} LIKE 'x'", Target.TICKETS),
    ("TxnCF.{Spent} = 'x'", Target.TICKETS),
    ("TxnCF.{Spent} != 'x'", Target.TICKETS),
    ("MemberOf = 7", Target.TICKETS),
    ("MemberOf != 7", Target.TICKETS),
    ("DependedOnBy IS NULL", Target.TICKETS),
    ("Linked IS NOT NULL", Target.TICKETS),
    ("HasUnreadMessages = '__CurrentUser__'", Target.TICKETS),
    ("id = '__Bookmarked__'", Target.TICKETS),
    ("Filename = 'a.pdf'", Target.TICKETS),
    ("Filename IS NULL", Target.TICKETS),
    ("TicketId = 7", TXN),
    ("Creator = 'root' AND Created > '1 week ago'", TXN),
    ("CF.{Spent} = 'x'", TXN),
    ("Filename = 'a.pdf' AND TicketId = 7", TXN),
    ("CF.{Serial} = 'x'", Target.ASSETS),
    ("CF.{Serial} IS NULL", Target.ASSETS),
]


def _scanned(connection, sql):
    """The tables that the plan reads from end to end, without the help of any index."""
    escaped = str(sql).replace("%", "%%")
    if connection.dialect.name == "sqlite":
        plan = [row[3].split() for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {escaped}")]
        return {step[1].rstrip("_0123456789") for step in plan if step[0] == "SCAN" and "INDEX" not in step}
    connection.exec_driver_sql(
        "SET LOCAL enable_seqscan = off"
    )  # else it reads small tables so, as it should
    plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {escaped}")]
    return {line.split("Seq Scan on ")[1].split()[0] for line in plan if "Seq Scan on " in line}


def test_no_large_table_is_read_from_end_to_end(work, make, field):
    field("Serial")
    field("Serial", lookup="asset")
    field("Spent", lookup="transaction")
    make.ticket()
    connection = work.db.connection()
    wrong = []
    for text, kind in SHAPES:
        search = Search(kind, parse(text).node, (Order(Name("id"), descending=True),))
        query = ids_query(work, search).limit(51)
        scanned = _scanned(connection, query.compile(connection, compile_kwargs={"literal_binds": True}))
        wrong += [f"{text}: {table}" for table in scanned & LARGE]
    assert not wrong, "\n".join(wrong)
