"""Mail addresses of people: the one that we write to, and further ones from which their mail comes."""

from collections.abc import Sequence
from email.utils import getaddresses

from sqlalchemy import bindparam, delete, func, literal, select, union_all
from sqlalchemy.orm import Session

from rtpy.changes.change import Record
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem
from rtpy.models import Transaction, User, UserAddress
from rtpy.work import Work

LONGEST = 320


def read_addresses(text: str) -> list[tuple[str, str]]:
    """Names and addresses that somebody typed between commas; none when the text cannot be read."""
    try:
        return getaddresses([text]) if text else []
    except RecursionError:  # hundreds of parentheses
        return []


def addresses_of(db: Session, user_id: int) -> Sequence[str]:
    """The further addresses of a person, in order. One query."""
    query = select(UserAddress.address).where(UserAddress.user_id == user_id).order_by(UserAddress.address)
    return db.scalars(query).all()


def problems_of_address(db: Session, address: str, own_id: int | None, field: str) -> list[Problem]:
    """What is wrong with an address that `own_id` (None: somebody new) would get; it is good when it is theirs."""
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(sign.isspace() for sign in address) or len(address) > LONGEST:
        return [Problem(field, f"“{address[:80]}” is not a mail address: write name@example.com.")]
    row = db.execute(_HOLDER, {"wanted": address.lower()}).first()
    if row is None or row.id == own_id:
        return []
    who = row.real_name or row.name
    return [Problem(field, f"The address {address} belongs to {who} already. Merge the two if they are one.")]


def set_addresses(work: Work, user: User, addresses: Sequence[str]) -> None:
    """The further addresses of a person from now on. Who may is asked by the caller; raises Invalid."""
    first = (user.email_address or "").lower()
    wanted = {address.strip().lower() for address in addresses if address.strip()} - {first}
    problems = [
        problem
        for address in sorted(wanted)
        for problem in problems_of_address(work.db, address, user.id, "addresses")
    ]
    if problems:
        raise Invalid(*problems)
    present = set(addresses_of(work.db, user.id))
    if wanted == present:
        return
    gone = UserAddress.address.in_(present - wanted)
    work.db.execute(delete(UserAddress).where(UserAddress.user_id == user.id, gone))
    for address in sorted(wanted - present):
        work.db.add(UserAddress(user_id=user.id, address=address, created=work.now))
    change = Transaction(
        type="Set",
        field="Addresses",
        old_value=", ".join(sorted(present)),
        new_value=", ".join(sorted(wanted)),
    )
    record(work, "user", user.id, Record(change))


_holders = union_all(
    select(User.id.label("id"), literal(0).label("rank")).where(
        func.lower(User.email_address) == bindparam("wanted")
    ),
    select(UserAddress.user_id, literal(1)).where(UserAddress.address == bindparam("wanted")),
).subquery("holders")
_HOLDER = select(User.id, User.name, User.real_name).join(_holders, _holders.c.id == User.id)
