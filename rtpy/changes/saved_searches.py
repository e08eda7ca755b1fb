"""Saved searches: saved, changed, given away, deleted, pinned to one's menu, made the list of a queue."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select

from rtpy.changes.allowed import knows_queue
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.models import Group, Queue, QueueSearch, SavedSearch, SearchPin, User
from rtpy.rights.names import Right
from rtpy.rights.sharing import SAVED_SEARCHES, Sharing
from rtpy.work import Work

LONGEST_NAME = 200
MOST_PINS = 30


def save_search(
    work: Work,
    *,
    name: str,
    content: Mapping[str, Any],
    owner_id: int | None,
    kind: str = "ticket",
    description: str = "",
) -> SavedSearch:
    """Keep a search under a name for the actor, one of their groups, or the system (`owner_id` None).

    `content` are the plain values of a `rtpy.search.saved.Content`. Needs the right of the owner's level; raises
    Refused, and Invalid for a name that is empty or taken.
    """
    need_sharing(work, SAVED_SEARCHES, owner_id, "save searches")
    row = SavedSearch(
        kind=kind,
        name=_good_name(work, name, owner_id, kind, None),
        description=" ".join(description.split())[:255],
        owner_id=owner_id,
        content=dict(content),
        creator_id=work.actor.user_id,
        created=work.now,
        last_updated=work.now,
    )
    work.db.add(row)
    work.db.flush()  # the log names it
    _note(work, row, None)
    return row


def change_search(
    work: Work,
    search: SavedSearch,
    *,
    name: str,
    content: Mapping[str, Any],
    owner_id: int | None,
    description: str = "",
) -> None:
    """Let a saved search say this, and belong to this owner. Needs the right of the old level and of the new one."""
    need_sharing(work, SAVED_SEARCHES, search.owner_id, "change this saved search")
    if owner_id != search.owner_id:
        need_sharing(work, SAVED_SEARCHES, owner_id, "save searches")
    before = _plain(work, search)
    search.name = _good_name(work, name, owner_id, search.kind, search.id)
    search.description = " ".join(description.split())[:255]
    search.owner_id, search.content, search.last_updated = owner_id, dict(content), work.now
    work.db.flush()
    _note(work, search, before)


def delete_search(work: Work, search: SavedSearch) -> None:
    """Take it out of every list and menu; links to it say that it is gone. Needs the right of its level."""
    need_sharing(work, SAVED_SEARCHES, search.owner_id, "delete this saved search")
    before = _plain(work, search)
    search.disabled, search.last_updated = True, work.now
    work.db.flush()
    if _is_shared(work, search.owner_id):
        note_configuration(work, "saved search", search.id, search.name, before, None)


def pin_search(work: Work, search: SavedSearch) -> None:
    """Put it into the actor's menu, at the end; nothing when it is there."""
    if not SAVED_SEARCHES.sees(work.rights, work.actor.user_id, search.owner_id) or search.disabled:
        raise NotFound("There is no such saved search, or it is not shared with you.")
    mine = {row.saved_search_id: row.position for row in work.db.scalars(_pins(work))}
    if search.id in mine:
        return
    if len(mine) >= MOST_PINS:
        raise Refused(f"Your menu holds {MOST_PINS} searches. Take one out before you put another one in.")
    place = max(mine.values(), default=0) + 1
    work.db.add(SearchPin(user_id=work.actor.user_id, saved_search_id=search.id, position=place))
    work.db.flush()


def unpin_search(work: Work, search_id: int) -> None:
    """Take it out of the actor's menu; nothing when it is not there."""
    work.db.execute(
        delete(SearchPin).where(
            SearchPin.user_id == work.actor.user_id, SearchPin.saved_search_id == search_id
        )
    )


def set_queue_search(work: Work, queue: Queue, search: SavedSearch | None) -> None:
    """Let a search of the system show this queue's tickets, or (None) the usual list. Needs AdminQueue on it.

    Raises Refused, and NotFound for a queue that the actor may not know of.
    """
    if not work.rights.of(Right.ADMIN_QUEUE).in_queue(queue.id):
        if not knows_queue(work, queue):
            raise NotFound("Choose a queue of the list.")
        raise Refused(f"You may not change the queue {queue.name}.")
    if search is not None and (search.owner_id is not None or search.kind != "ticket" or search.disabled):
        raise Invalid(Problem("search", "Choose a search for tickets that is saved for everybody."))
    present = work.db.get(QueueSearch, queue.id)
    before = work.db.get(SavedSearch, present.saved_search_id) if present else None
    if present is not None:
        work.db.delete(present)
        work.db.flush()
    if search is not None:
        work.db.add(QueueSearch(queue_id=queue.id, saved_search_id=search.id))
        work.db.flush()
    old, new = ({"list": each.name if each else ""} for each in (before, search))
    note_configuration(work, "queue", queue.id, queue.name, old, new)


def need_sharing(work: Work, sharing: Sharing, owner_id: int | None, deed: str) -> None:
    """Raises Refused unless the actor may change such things of this owner; `deed` completes “You may not …”.

    Groups of the system, such as all staff, own nothing: what is for them is for everybody, and takes that right.
    """
    if owner_id is not None and owner_id != work.actor.user_id:
        group = work.db.get(Group, owner_id)
        if group is None or group.domain != "UserDefined":
            raise Refused(
                f"You may not {deed} for other people, only for yourself, your groups or everybody."
            )
    if not sharing.changes(work.rights, work.actor.user_id, owner_id):
        whom = (
            "for everybody"
            if owner_id is None
            else "for yourself"
            if owner_id == work.actor.user_id
            else "for this group"
        )
        raise Refused(f"You may not {deed} {whom}.")


def _good_name(work: Work, name: str, owner_id: int | None, kind: str, own_id: int | None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid(Problem("name", "Give the search a name."))
    if len(name) > LONGEST_NAME:
        raise Invalid(Problem("name", f"Write at most {LONGEST_NAME} characters."))
    taken = work.db.scalar(
        select(SavedSearch.id).where(
            func.lower(SavedSearch.name) == name.lower(),
            SavedSearch.owner_id.is_not_distinct_from(owner_id),
            SavedSearch.kind == kind,
            SavedSearch.disabled.is_(False),
            SavedSearch.id != (own_id or 0),
        )
    )
    if taken is not None:
        raise Invalid(
            Problem(
                "name", f"There is a saved search {name} already. Choose another name, or change that one."
            )
        )
    return name


def _pins(work: Work) -> Any:
    return select(SearchPin).where(SearchPin.user_id == work.actor.user_id)


def _plain(work: Work, search: SavedSearch) -> dict[str, object]:
    group = work.db.get(Group, search.owner_id) if search.owner_id else None
    user = work.db.get(User, search.owner_id) if search.owner_id else None
    owner = group.name if group else user.name if user else ""
    return {
        "name": search.name,
        "kind": search.kind,
        "description": search.description,
        "owner": owner,
        "content": dict(search.content),
    }


def _note(work: Work, search: SavedSearch, before: dict[str, object] | None) -> None:
    if _is_shared(work, search.owner_id):
        note_configuration(work, "saved search", search.id, search.name, before, _plain(work, search))


def _is_shared(work: Work, owner_id: int | None) -> bool:
    """What a person keeps for themselves is no configuration."""
    return owner_id is None or work.db.get(Group, owner_id) is not None
