"""The administrator's start page: what is open to everybody and how to close it, and what needs a hand."""

from dataclasses import dataclass

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from rtpy.http.resources import SystemResource
from rtpy.mail.outbox import is_all_held
from rtpy.models import Ace, Group, IncomingMail, OutgoingMail, Queue, Transaction, User
from rtpy.models.group import EVERYONE
from rtpy.rights.names import Right
from rtpy.web.admin.how_it_goes import how_it_goes
from rtpy.web.admin.pages import pages_for
from rtpy.web.shown import Link
from rtpy.wellbeing.sign import MOST, count_up_to_most

OPEN_RIGHTS = (
    (Right.CREATE_TICKET, "make tickets, by mail too"),
    (Right.REPLY_TO_TICKET, "answer their tickets, by mail too"),
)
INCOMING = ("received", "working", "done", "duplicate", "quarantined", "review", "refused", "junk")
OUTGOING = ("queued", "sending", "sent", "failed", "held", "canceled")
BAD = frozenset({"quarantined", "refused", "failed"})


@dataclass(frozen=True, slots=True)
class OpenQueue:
    """What everybody may do in a queue: (right, in words, is it granted); `may_change`: by who reads this."""

    id: int
    name: str
    url: str
    rights: tuple[tuple[str, str, bool], ...]
    may_change: bool


@view_config(
    route_name="admin.home",
    request_method="GET",
    renderer="admin/home.pt",
    permission=Right.SHOW_CONFIG_TAB,
)
def show_home(resource: SystemResource, request: Request) -> dict[str, object]:
    """What an administrator should know first."""
    db, path, config = request.db, request.route_path, request.app.config
    root_id = _root_with_first_password(db)
    return {
        "crumbs": (Link("Home", path("home")),),
        **how_it_goes(request),
        "open_queues": _open_queues(request),
        "grants_url": path("admin.grants"),
        "everywhere": _open_everywhere(db),
        "incoming": _counts(request, "admin.mail.incoming", IncomingMail.state, INCOMING),
        "outgoing": _counts(request, "admin.mail.outgoing", OutgoingMail.state, OUTGOING),
        "may_see_mail": request.work.rights.super_user,
        "all_held": is_all_held(db) or config.mail.hold,
        "root_url": path("people.display", id=root_id) if root_id else None,
        "transport": config.mail.transport,
        "mail_folder": str(config.home / "mail") if config.mail.transport == "file" else "",
        "styleguide_url": path("admin.styleguide"),
        "groups": _groups(request),
    }


def _groups(request: Request) -> list[tuple[str, list[tuple[Link, str]]]]:
    """The pages that the reader may open, by what they are about, each with its help."""
    found: dict[str, list[tuple[Link, str]]] = {}
    for page in pages_for(request):
        link = Link(page.label, request.route_path(page.route), icon=page.icon)
        found.setdefault(page.group, []).append((link, page.help))
    return list(found.items())


def everyone_id(db: Session) -> int:
    """Id of the group of everybody."""
    return db.scalars(select(Group.id).where(Group.name == EVERYONE, Group.domain == "SystemInternal")).one()


def _open_queues(request: Request) -> list[OpenQueue]:
    """Every open queue with what everybody may do there. Two queries."""
    db, changes = request.db, request.work.rights.of(Right.MODIFY_ACL)
    everyone = everyone_id(db)
    granted = {
        (row.object_id, row.right_name)
        for row in db.execute(
            select(Ace.object_id, Ace.right_name).where(
                Ace.principal_id == everyone,
                Ace.object_type == "queue",
                Ace.right_name.in_([right for right, _ in OPEN_RIGHTS]),
            )
        )
    }
    rows = db.execute(
        select(Queue.id, Queue.name).where(Queue.disabled.is_(False)).order_by(Queue.sort_order, Queue.name)
    )
    return [
        OpenQueue(
            row.id,
            row.name,
            request.route_path("queue.display", id=row.id),
            tuple((right.value, words, (row.id, right) in granted) for right, words in OPEN_RIGHTS),
            changes.in_queue(row.id),
        )
        for row in rows
    ]


def _open_everywhere(db: Session) -> list[str]:
    """Rights that everybody holds on the whole system: closing a queue does not close these."""
    rows = db.scalars(
        select(Ace.right_name)
        .where(Ace.principal_id == everyone_id(db), Ace.object_type == "system")
        .order_by(Ace.right_name)
    )
    return list(rows)


def _counts(
    request: Request, route: str, column: InstrumentedAttribute[str], states: tuple[str, ...]
) -> list[tuple[str, str, str, str]]:
    """State, number (up to `MOST`), where they are listed, and a tone for what needs a hand. One query."""
    numbers = request.db.execute(select(*(count_up_to_most(column == state) for state in states))).one()
    return [
        (
            state,
            f"{number:,}" if number <= MOST else f"{MOST:,}+",
            request.route_path(route, _query={"state": state}),
            "bad" if state in BAD and number else "",
        )
        for state, number in zip(states, numbers, strict=True)
    ]


def _root_with_first_password(db: Session) -> int | None:
    """The id of root while the password of the installation was never changed."""
    root_id = db.scalar(select(User.id).where(User.name == "root", User.password_hash.is_not(None)))
    if root_id is None:
        return None
    changed = db.scalar(
        select(Transaction.id)
        .where(
            Transaction.object_type == "user",
            Transaction.object_id == root_id,
            Transaction.type == "Set",
            Transaction.field == "Password",
        )
        .limit(1)
    )
    return root_id if changed is None else None
