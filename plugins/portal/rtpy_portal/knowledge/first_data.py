"""What knowledge begins with: the class of its articles, a first book, and staff who may write."""

from rtpy.changes.grants import grant_right
from rtpy.changes.people import system_groups
from rtpy.models.group import PRIVILEGED
from rtpy.rights.holders import Holder, Place
from rtpy.rights.names import SYSTEM, Right
from rtpy.work import Work
from rtpy_portal.knowledge.books import BookValues, save_book, save_chapter
from rtpy_portal.knowledge.working_copy import knowledge_class
from rtpy_portal.rights import WRITE_KNOWLEDGE


def give_first_knowledge(work: Work) -> None:
    """Called once, when the tables are new: staff may write drafts and put published pages into replies."""
    staff = Holder(system_groups(work, (PRIVILEGED,))[0])
    grant_right(work, staff, WRITE_KNOWLEDGE, Place(SYSTEM))
    grant_right(work, staff, Right.SHOW_ARTICLE, Place("class", knowledge_class(work).id))
    book = save_book(work, BookValues("Help", "Answers to what is often asked."))
    save_chapter(work, book, "First steps")
