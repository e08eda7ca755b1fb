"""Merging people: one goes on in another, with all addresses, tickets, memberships and rights. Histories stay."""

from sqlalchemy import exists, insert, literal, select

from rtpy.changes.accounts import COLUMNS, is_privileged, need_account
from rtpy.changes.change import Record
from rtpy.changes.guard import changing
from rtpy.changes.last_super_user import refuse_without_super_user
from rtpy.changes.membership import add_member, remove_member
from rtpy.changes.merging_people.references import count_references, move_references
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import (
    Group,
    GroupMember,
    OrganizationMember,
    Principal,
    Squelch,
    Transaction,
    User,
    UserAddress,
)
from rtpy.models.locks import lock_memberships, lock_users
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.remembered import forget
from rtpy.work import Work

FILLED = tuple(column for column in COLUMNS if column not in ("name", "email_address", "comments"))
"""Columns that the kept person takes over where it has none itself."""


def check_merge(work: Work, kept: User, merged: User) -> None:
    """May the actor merge `merged` into `kept`, and does it make sense? Raises Refused with the reason."""
    for user in (kept, merged):
        if user.name in (SYSTEM_USER, NOBODY):
            raise Refused(f"{user.name} is part of rtpy itself and cannot be merged.")
        need_account(work, user, COLUMNS)
        if user.merged_into_id is not None:
            raise Refused(f"{user.display_name} was merged into somebody already: choose that person.")
    if kept.id == merged.id:
        raise Refused("These are one person already: choose two.")
    if merged.id == work.actor.user_id:
        raise Refused("You cannot merge yourself into somebody: merge the other person into you.")


def crosses_staff(work: Work, kept: User, merged: User) -> bool:
    """Would a member of staff go on as a customer? That must be asked for."""
    return is_privileged(work, merged.id) and not is_privileged(work, kept.id)


def merge_people(work: Work, kept: User, merged: User, *, staff_into_customer: bool = False) -> None:
    """Merge `merged` into `kept`, in the transaction of `work`; recorded in the history of both.

    What points at the merged person moves or stays as `references.DECISIONS` says. Its addresses belong to the kept
    person from now on, its login name leads there, its sessions end, and it is switched off. Values that the kept
    person has win; empty ones are filled. Needs AdminUsers; raises Refused, or Invalid when a member of staff would
    become a customer and `staff_into_customer` does not say that this is meant.
    """
    db = work.db
    lock_memberships(db)
    lock_users(db, kept.id, merged.id)
    check_merge(work, kept, merged)
    if crosses_staff(work, kept, merged) and not staff_into_customer:
        raise Invalid(
            Problem(
                "staff_into_customer",
                f"{merged.display_name} is staff and {kept.display_name} is a customer: say that this is meant.",
            )
        )
    said = "; ".join(
        f"{each.what}: {each.rows}" for each in count_references(work.app, db, kept.id, merged.id)
    )
    _move_groups(work, kept, merged)
    _fill_memberships(work, kept, merged)
    with changing(db):
        db.flush()  # the plain statements below must see it
        move_references(work.app, db, kept.id, merged.id)
        _move_addresses(work, kept, merged)
        db.flush()  # inside the guard
    _fill_values(work, kept, merged)
    merged.merged_into_id = kept.id
    db.get_one(Principal, merged.id).disabled = True
    kept.last_updated = merged.last_updated = work.now
    forget(db.connection())  # grants and names are remembered
    record(
        work,
        "user",
        kept.id,
        Record(Transaction(type="MergedFrom", old_value=str(merged.id), new_value=merged.name, data=said)),
    )
    record(work, "user", merged.id, Record(Transaction(type="MergedInto", new_value=str(kept.id))))
    db.flush()  # what plugins read now is as it will be
    work.app.hooks.rtpy_people_merged(work=work, kept=kept, merged=merged)
    work.forget_rights()
    refuse_without_super_user(work)
    db.expire_all()  # tickets and watchers in memory may point at the merged person still


def _move_groups(work: Work, kept: User, merged: User) -> None:
    groups = work.db.scalars(
        select(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.member_id == merged.id, Group.domain == "UserDefined")
        .order_by(Group.id)
    ).all()
    for group in groups:
        remove_member(work, group, merged.id)
        gone = Transaction(type="DeleteMember", old_value=str(merged.id))
        record(work, "group", group.id, Record(gone))
        if add_member(work, group, kept.id):
            come = Transaction(type="AddMember", new_value=str(kept.id))
            record(work, "group", group.id, Record(come))


def _fill_memberships(work: Work, kept: User, merged: User) -> None:
    """Where both are in an organisation: the site, title and contact that only the merged one has are kept."""
    rows = work.db.scalars(
        select(OrganizationMember).where(OrganizationMember.user_id.in_((kept.id, merged.id)))
    ).all()
    theirs = {row.organization_id: row for row in rows if row.user_id == merged.id}
    for row in rows:
        other = theirs.get(row.organization_id)
        if row.user_id == kept.id and other is not None:
            row.site_id = row.site_id or other.site_id
            row.title = row.title or other.title
            row.is_contact = row.is_contact or other.is_contact


def _move_addresses(work: Work, kept: User, merged: User) -> None:
    """The first address of the merged person becomes a further one of the kept, or its first; squelching follows."""
    db, address = work.db, merged.email_address
    if not address:
        return
    merged.email_address = None
    db.flush()  # the address is unique
    if not kept.email_address:
        kept.email_address, kept.undeliverable = address, merged.undeliverable
        return
    db.add(UserAddress(user_id=kept.id, address=address.lower(), created=work.now))
    silenced = Squelch.__table__.alias("silenced")
    there = exists().where(
        Squelch.ticket_id == silenced.c.ticket_id, Squelch.address == kept.email_address.lower()
    )
    rows = select(silenced.c.ticket_id, literal(kept.email_address.lower())).where(
        silenced.c.address == address.lower(), ~there
    )
    db.connection().execute(
        insert(Squelch.__table__).from_select(["ticket_id", "address"], rows)  # type: ignore[arg-type]
    )


def _fill_values(work: Work, kept: User, merged: User) -> None:
    for column in FILLED:
        if not getattr(kept, column) and getattr(merged, column):
            setattr(kept, column, getattr(merged, column))
    if merged.comments and merged.comments not in kept.comments:
        kept.comments = "\n".join(filter(None, (kept.comments, merged.comments)))
    if kept.password_hash is None:
        kept.password_hash = merged.password_hash
    merged.password_hash = None


def values_after(kept: User, merged: User) -> list[tuple[str, str, str, str]]:
    """Column, both values, and the value afterwards, of every column that says something. For the preview."""
    found = []
    for column in ("name", "email_address", *FILLED, "comments"):
        one, other = getattr(kept, column) or "", getattr(merged, column) or ""
        if not one and not other:
            continue
        after = one or (other if column != "name" else "")
        if column == "comments" and one and other and other not in one:
            after = f"{one}\n{other}"
        found.append((column, one, other, after))
    return found
