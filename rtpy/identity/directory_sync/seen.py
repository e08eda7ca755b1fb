"""What a real run writes down of everybody, without a line: when they were seen last, and where their entry stands."""

from sqlalchemy import bindparam, delete, select, update

from rtpy.db.base import table_of
from rtpy.identity.directory_sync.snapshot import Snapshot
from rtpy.models import DirectoryHold, DirectoryPerson, Principal
from rtpy.work import Work

MOST_GONE = 500
"""When more than so many are gone, something is wrong and nobody was seen."""


def note_seen(work: Work, directory_id: int, seen: Snapshot) -> None:
    """Three statements, and one for all entries that were moved. Forgets whom somebody has enabled since."""
    people = table_of(DirectoryPerson)
    mine = people.c.directory_id == directory_id
    connection = work.db.connection()
    rows = connection.execute(select(people.c.unique_id, people.c.dn).where(mine)).all()
    gone = [row.unique_id for row in rows if row.unique_id not in seen.people]
    if len(gone) <= MOST_GONE:
        connection.execute(
            update(people).where(mine, people.c.unique_id.not_in(gone)).values(seen=work.now)
            if gone
            else update(people).where(mine).values(seen=work.now)
        )
    moved = [
        {"its_id": row.unique_id, "its_dn": seen.people[row.unique_id].dn}
        for row in rows
        if row.unique_id in seen.people and seen.people[row.unique_id].dn != row.dn
    ]
    if moved:
        connection.execute(
            update(people)
            .where(mine, people.c.unique_id == bindparam("its_id"))
            .values(dn=bindparam("its_dn")),
            moved,
        )
    enabled = select(Principal.id).where(Principal.disabled.is_(False))
    work.db.execute(
        delete(DirectoryHold)
        .where(DirectoryHold.directory_id == directory_id, DirectoryHold.user_id.in_(enabled))
        .execution_options(synchronize_session=False)
    )
