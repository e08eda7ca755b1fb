"""Notes: their table, and what is done with it."""

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from rtpy.changes.allowed import need_system
from rtpy.db.base import Base, id_, ref, text, utc
from rtpy.errors import Invalid, Problem

SEE = "SeeDemoNotes"
LONGEST = 500


class Note(Base):
    """A line that somebody wrote."""

    __tablename__ = "demo_notes"

    id: Mapped[id_]
    author_id: Mapped[int] = ref("users.id", index=True)
    content: Mapped[text]
    written: Mapped[utc]


def write_note(work, content):
    """A new note by whoever acts. Raises Refused without the right, Invalid when there is nothing to keep."""
    need_system(work, SEE)
    content = " ".join(content.split())
    if not content:
        raise Invalid(Problem("content", "Write something first."))
    if len(content) > LONGEST:
        raise Invalid(Problem("content", f"A note has at most {LONGEST} characters."))
    note = Note(author_id=work.actor.user_id, content=content, written=work.now)
    work.db.add(note)
    work.db.flush()
    return note


def newest_notes(db, most):
    """The newest notes, at most so many."""
    return list(db.scalars(select(Note).order_by(Note.id.desc()).limit(most)))
