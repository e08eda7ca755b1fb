"""Mailboxes by IMAP: how long one worker needs for a folder of 5,000 small mails on a real Dovecot.

The goal is under two minutes, 42 mails a second. Each becomes a ticket, with its automatic answer written, until the
cap of the queue (mail.max_new_tickets_per_queue_per_hour) holds the rest; mails are moved after they are stored.
"""

import logging
import time

from common import arguments, fresh_app, kinds
from gateway import _small
from sqlalchemy import func, select

from rtpy.mailboxes.fetching import fetch_mailbox
from rtpy.mailboxes.saving import FIRST, save_mailbox
from rtpy.models import IncomingMail, MailboxState, Ticket
from rtpy.testing.mailbox_server import PASSWORD, MailboxServer, throwaway_dovecot

LOGIN = "support"
GOAL = 5000 / 120


def main() -> None:
    """Print mails a second, and processor time of each."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--mails", type=int, default=5000)
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # each mail that the cap holds is a line
    for kind in kinds(options.on):
        with throwaway_dovecot() as server:
            _measure(kind, server, options.mails)


def _measure(kind: str, server: MailboxServer, mails: int) -> None:
    server.put(LOGIN, *(_small(f"mail-{number}") for number in range(mails)))
    typed = {
        **FIRST,
        "name": "Support",
        "host": "localhost",
        "port": str(server.tls_port),
        "authority": server.authority,
        "login": LOGIN,
        "password": PASSWORD,
        "after": "move",
        "move_to": "Taken",
    }
    with fresh_app(kind) as app:
        with app.work() as work:
            number = save_mailbox(work, None, typed).id
        began, used = time.monotonic(), time.process_time()
        brought = fetch_mailbox(app, number)
        took, used = time.monotonic() - began, time.process_time() - used
        with app.work(reading=True) as work:
            made = work.db.scalar(select(func.count()).select_from(Ticket)) or 0
            stored = work.db.scalar(select(func.count()).select_from(IncomingMail))
            problem = work.db.get_one(MailboxState, number).problem
    left, moved = server.count(LOGIN), server.count(LOGIN, "Taken")
    if (brought, stored, left, moved) != (mails, mails, 0, mails):
        raise RuntimeError(f"{brought} taken, {stored} stored, {left} left, {moved} moved: {problem}")
    verdict = "within" if mails / took >= GOAL else "BELOW"
    print(
        f"A mailbox of {mails:,} on {kind}: {took:.0f} s, {made:,} tickets, {mails / took:.0f} mails a second, "
        f"{used * 1000 / mails:.1f} ms processor each ({verdict} the goal of {GOAL:.0f} a second)"
    )


if __name__ == "__main__":
    main()
