"""Things by what programs call them: a number, or a name without regard to case."""

from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.changes.people import find_by_address, find_by_name
from rtpy.models import ArticleClass, Catalog, Group, Queue, User

Row = TypeVar("Row", Queue, Catalog, ArticleClass)


def read_number(text: str | int) -> int | None:
    """The number of a row; None for anything else, also for numbers that no row can have."""
    found = str(text).strip()
    return int(found) if found.isascii() and found.isdigit() and len(found) <= 18 else None


def find_queue(db: Session, text: str | int) -> Queue | None:
    """The queue, disabled or not."""
    return _find(db, Queue, text)


def find_catalog(db: Session, text: str | int) -> Catalog | None:
    """The catalog, disabled or not."""
    return _find(db, Catalog, text)


def find_class(db: Session, text: str | int) -> ArticleClass | None:
    """The class of articles, disabled or not."""
    return _find(db, ArticleClass, text)


def find_user(db: Session, text: str | int, *, by_address: bool = False) -> User | None:
    """The user of that number or login name, disabled or not; with `by_address` also by a mail address of theirs.

    Who was merged into somebody is that person.
    """
    number = read_number(text)
    name = str(text).replace("\x00", "").strip()
    user = db.get(User, number) if number is not None else find_by_name(db, name)
    if user is None and by_address and "@" in name:
        user = find_by_address(db, name)
    if user is not None and user.merged_into_id is not None:
        return db.get(User, user.merged_into_id)
    return user


def find_group(db: Session, text: str | int) -> Group | None:
    """The group of that number, or the group of people made up by the site of that name."""
    number = read_number(text)
    if number is not None:
        return db.get(Group, number)
    name = str(text).replace("\x00", "").strip().lower()
    return db.scalar(select(Group).where(Group.domain == "UserDefined", func.lower(Group.name) == name))


def _find(db: Session, model: type[Row], text: str | int) -> Row | None:
    number = read_number(text)
    if number is not None and (row := db.get(model, number)) is not None:
        return row
    name = str(text).replace("\x00", "").strip().lower()
    return db.scalar(select(model).where(func.lower(model.name) == name)) if name else None
