"""Every right: its name, on what it is held, and one line of help."""

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """The rights that this version asks for, spelled as RT spells them."""

    SUPER_USER = "SuperUser"
    ADMIN_USERS = "AdminUsers"
    SHOW_CONFIG_TAB = "ShowConfigTab"
    MODIFY_SELF = "ModifySelf"
    ADMIN_QUEUE = "AdminQueue"
    MODIFY_ACL = "ModifyACL"
    SEE_QUEUE = "SeeQueue"
    CREATE_TICKET = "CreateTicket"
    SHOW_TICKET = "ShowTicket"
    SHOW_TICKET_COMMENTS = "ShowTicketComments"
    SHOW_OUTGOING_EMAIL = "ShowOutgoingEmail"
    REPLY_TO_TICKET = "ReplyToTicket"
    COMMENT_ON_TICKET = "CommentOnTicket"
    MODIFY_TICKET = "ModifyTicket"
    DELETE_TICKET = "DeleteTicket"
    OWN_TICKET = "OwnTicket"
    TAKE_TICKET = "TakeTicket"
    STEAL_TICKET = "StealTicket"
    REASSIGN_TICKET = "ReassignTicket"
    WATCH = "Watch"
    WATCH_AS_ADMIN_CC = "WatchAsAdminCc"


@dataclass(frozen=True, slots=True)
class RightHelp:
    """On what a right is held (`system`, or `queue` and so also the whole system) and what it allows."""

    held_on: str
    help: str


RIGHTS: dict[str, RightHelp] = {
    Right.SUPER_USER: RightHelp("system", "Do anything."),
    Right.ADMIN_USERS: RightHelp("system", "Create, change and disable people and organisations."),
    Right.SHOW_CONFIG_TAB: RightHelp("system", "See the administration pages."),
    Right.MODIFY_SELF: RightHelp("system", "Change one's own name, phone numbers and signature."),
    Right.ADMIN_QUEUE: RightHelp("queue", "Create, change and disable queues."),
    Right.MODIFY_ACL: RightHelp("queue", "Grant and revoke rights."),
    Right.SEE_QUEUE: RightHelp("queue", "See that the queue exists and what it is for."),
    Right.CREATE_TICKET: RightHelp("queue", "Create tickets, by mail too."),
    Right.SHOW_TICKET: RightHelp("queue", "Read tickets and find them."),
    Right.SHOW_TICKET_COMMENTS: RightHelp("queue", "Read internal comments."),
    Right.SHOW_OUTGOING_EMAIL: RightHelp("queue", "See which mails were sent to whom."),
    Right.REPLY_TO_TICKET: RightHelp("queue", "Reply to tickets, by mail too."),
    Right.COMMENT_ON_TICKET: RightHelp("queue", "Add internal comments, by mail too."),
    Right.MODIFY_TICKET: RightHelp("queue", "Change tickets, reply and comment."),
    Right.DELETE_TICKET: RightHelp("queue", "Set tickets to the status deleted."),
    Right.OWN_TICKET: RightHelp("queue", "Be the owner of tickets."),
    Right.TAKE_TICKET: RightHelp("queue", "Become the owner of tickets that nobody owns."),
    Right.STEAL_TICKET: RightHelp("queue", "Become the owner of tickets that somebody else owns."),
    Right.REASSIGN_TICKET: RightHelp("queue", "Give anybody's tickets to anybody."),
    Right.WATCH: RightHelp("queue", "Become Requestor or Cc of tickets, or Cc of the queue."),
    Right.WATCH_AS_ADMIN_CC: RightHelp("queue", "Become AdminCc of tickets or of the queue."),
}
