"""Actions that send mail (RT: lib/RT/Action/Notify.pm, Autoreply.pm, NotifyGroup.pm, SendForward.pm)."""

from dataclasses import dataclass, replace

from sqlalchemy import func, or_, select

from rtpy.content.part import Message
from rtpy.errors import Invalid, Problem
from rtpy.mail.forwarding import files_to_forward
from rtpy.mail.outgoing import Draft, draft_mail
from rtpy.mail.recipients import Audience, audience_of, read_audience
from rtpy.models import Group, GroupClosure, Principal, User
from rtpy.models.watcher import ADMIN_CC, OWNER, REQUESTOR
from rtpy.scrips.kinds import Commit, Occasion, Skip, Task


@dataclass(frozen=True, slots=True)
class Mailing:
    """A mail that is ready: calling it has the rows written with all others of the transaction."""

    draft: Draft
    occasion: Occasion

    def __call__(self) -> str:
        return self.draft.queue(self.occasion)

    def told(self) -> str:
        """Who would get it, without sending anything."""
        chosen = self.draft.chosen
        people = ", ".join(f"{one.address} ({one.kind})" for one in chosen.recipients[:20])
        notes = "".join(f"; {note}" for note in chosen.left_out[:5])
        return f"mail “{self.draft.mail['subject']}” to {people}{notes}"


def notify(occasion: Occasion, task: Task) -> Commit | Skip:
    """Mail those whom the argument names."""
    return _mail(occasion, task, audience_of(occasion, task.argument))


def notify_as_comment(occasion: Occasion, task: Task) -> Commit | Skip:
    """The same for the staff's eyes, with the address for comments."""
    return _mail(occasion, task, audience_of(occasion, task.argument), internal=True)


def notify_owner_or_admin_cc(occasion: Occasion, task: Task) -> Commit | Skip:
    """The owner, or the AdminCcs of what nobody owns."""
    role = OWNER if occasion.people.owner else ADMIN_CC
    return _mail(occasion, task, Audience(frozenset({role})))


def autoreply(occasion: Occasion, task: Task) -> Commit | Skip:
    """Answer the requestors, whoever made the ticket; never a machine, never too often."""
    return _mail(occasion, task, Audience(frozenset({REQUESTOR}), actor_too=True, is_answer=True))


def notify_group(occasion: Occasion, task: Task) -> Commit | Skip:
    """Mail groups, users and addresses that are named in the argument, all in To."""
    return _mail_named(occasion, task, internal=False)


def notify_group_as_comment(occasion: Occasion, task: Task) -> Commit | Skip:
    """The same as a comment: those who may not read comments get nothing."""
    return _mail_named(occasion, task, internal=True)


def send_forward(occasion: Occasion, task: Task) -> Commit | Skip:
    """Mail a forwarded message or ticket to those whom the forwarder named, with its files."""
    if not occasion.transaction.type.startswith("Forward"):
        return Skip("nothing was forwarded")
    draft = draft_mail(
        occasion,
        scrip_id=task.scrip_id,
        audience=Audience(frozenset(), others=True),
        template=task.template,
        translations=task.translations,
    )
    if isinstance(draft, str):
        return Skip(draft)
    message = occasion.message or Message()
    blind = {address.strip().lower() for address in message.one_time_bcc}
    draft.chosen.recipients = [
        replace(one, kind="bcc" if one.address.lower() in blind else "to") for one in draft.chosen.recipients
    ]
    draft.mail["attachments"] = [*draft.mail["attachments"], *files_to_forward(occasion)]
    return Mailing(draft, occasion)


def check_audience(argument: str) -> None:
    """Raises Invalid for a word that names nobody."""
    if not argument.strip():
        raise Invalid(Problem("argument", "Say who is to get the mail: for example Owner,AdminCc."))
    read_audience(argument)


def check_named(argument: str) -> None:
    """Raises Invalid when nobody is named."""
    if not argument.strip(" ,"):
        raise Invalid(Problem("argument", "Name groups, users or addresses, with commas between them."))


def _mail(occasion: Occasion, task: Task, audience: Audience, *, internal: bool = False) -> Commit | Skip:
    draft = draft_mail(
        occasion,
        scrip_id=task.scrip_id,
        audience=audience,
        template=task.template,
        translations=task.translations,
        internal=internal,
    )
    return Skip(draft) if isinstance(draft, str) else Mailing(draft, occasion)


def _mail_named(occasion: Occasion, task: Task, *, internal: bool) -> Commit | Skip:
    addresses = _addresses(occasion, task.argument)
    said = occasion.message or Message(auto_generated=True)
    squelched = {address.strip().lower() for address in said.squelch}
    if not occasion.people.by_system:
        squelched.add(occasion.people.actor.address.lower())
    wanted = tuple(address for address in addresses if address.lower() not in squelched)
    if not wanted:
        return Skip("nobody to notify: all who are named did it themselves or are not to hear of it")
    to_them = replace(occasion, message=replace(said, one_time_cc=wanted, one_time_bcc=()))
    draft = draft_mail(
        to_them,
        scrip_id=task.scrip_id,
        audience=Audience(frozenset(), others=True),
        template=task.template,
        translations=task.translations,
        internal=internal,
    )
    if isinstance(draft, str):
        return Skip(draft)
    in_to = Draft(draft.mail, draft.chosen)
    in_to.chosen.recipients = [replace(one, kind="to") for one in draft.chosen.recipients]
    return Mailing(in_to, occasion)


def _addresses(occasion: Occasion, argument: str) -> list[str]:
    """The addresses of groups (their enabled members), users and bare addresses. Two queries."""
    names = [name.strip() for name in argument.split(",") if name.strip()]
    folded = {name.lower() for name in names}
    db = occasion.work.db
    members = db.execute(
        select(func.lower(Group.name), User.email_address)
        .join(GroupClosure, GroupClosure.group_id == Group.id)
        .join(User, User.id == GroupClosure.member_id)
        .join(Principal, Principal.id == User.id)
        .where(
            Group.domain == "UserDefined",
            or_(func.lower(Group.name).in_(folded), Group.id.in_([int(n) for n in names if n.isdigit()])),
            Principal.disabled.is_(False),
        )
        .order_by(User.id)
    ).all()
    users = db.execute(
        select(func.lower(User.name), User.email_address)
        .join(Principal, Principal.id == User.id)
        .where(func.lower(User.name).in_(folded), Principal.disabled.is_(False))
    ).all()
    known = {row[0] for row in (*members, *users)}
    groups = set(db.scalars(select(func.lower(Group.name)).where(func.lower(Group.name).in_(folded))).all())
    for name in names:
        if name.lower() not in known | groups and "@" not in name and not name.isdigit():
            raise Invalid(Problem("argument", f"There is no group and no user “{name}”."))
    found = [row[1] or "" for row in (*members, *users)]
    found += [name for name in names if "@" in name and name.lower() not in known]
    return list({address.lower(): address for address in found if address}.values())
