"""Several mails of one deed become one for each person: after a change of many tickets nobody gets twenty mails."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import delete, func, select, update

from rtpy.mail.personal import PersonalWords, open_own_words, seal_words
from rtpy.mail.styled.frame import heading
from rtpy.mail.styled.words import words_as_html
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy.work import Work

MOST_IN_ONE = 100
"""Mails beyond this in one are only counted: their tickets tell the rest."""
RULE = "-" * 60
LONGEST_HTML = 1_000_000
"""Characters of HTML in one mail; of single mails beyond them only the words are taken."""
OF_ONE_TICKET = frozenset(
    (
        "in-reply-to",
        "references",
        "x-rt-ticket",
        "rt-ticket",
        "x-rt-originator",
        "auto-submitted",
        "precedence",
    )
)
"""Headers that name one ticket: a mail about several has none of them."""


@dataclass(frozen=True, slots=True)
class Together:
    """What became of the mails of a deed: how many go out, and how many of them hold several."""

    mails: int
    joined: int


def newest_mail(work: Work) -> int:
    """The number of the newest outgoing mail, for `put_together` afterwards. One query."""
    return work.db.scalar(select(func.max(OutgoingMail.id))) or 0


def put_together(work: Work, ticket_ids: Collection[int], after: int) -> Together:
    """Join what was written about these tickets after the mail `after`: whoever would get several gets one.

    What is internal is only joined with what is internal. The single mails keep their place in the histories, without
    the people who get the joined one; those that nobody is left to get are cancelled and say why.
    """
    work.db.flush()
    mails = {
        mail.id: mail
        for mail in work.db.scalars(
            select(OutgoingMail)
            .where(
                OutgoingMail.id > after,
                OutgoingMail.ticket_id.in_(ticket_ids),
                OutgoingMail.state == "queued",
            )
            .order_by(OutgoingMail.id)
        )
    }
    people: dict[tuple[str, bool], list[OutgoingRecipient]] = defaultdict(list)
    for row in work.db.scalars(
        select(OutgoingRecipient)
        .where(OutgoingRecipient.mail_id.in_(mails), OutgoingRecipient.state == "queued")
        .order_by(OutgoingRecipient.id)
    ):
        people[(row.address.lower(), mails[row.mail_id].internal)].append(row)
    several = {who: rows for who, rows in people.items() if len({row.mail_id for row in rows}) > 1}
    gone: list[int] = []
    for (_, internal), rows in several.items():
        _join(work, [mails[each] for each in sorted({row.mail_id for row in rows})], rows, internal=internal)
        gone.extend(row.id for row in rows)
    if gone:
        work.db.execute(delete(OutgoingRecipient).where(OutgoingRecipient.id.in_(gone)))
    left = set(
        work.db.scalars(
            select(OutgoingRecipient.mail_id)
            .where(OutgoingRecipient.mail_id.in_(mails), OutgoingRecipient.state == "queued")
            .distinct()
        )
    )
    empty = mails.keys() - left
    if empty:
        work.db.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id.in_(empty))
            .values(state="canceled", last_answer="Went out together with others in one mail.")
        )
    work.db.flush()
    return Together(len(left) + len(several), len(several))


def _join(
    work: Work, mails: Sequence[OutgoingMail], rows: Sequence[OutgoingRecipient], *, internal: bool
) -> None:
    to, first, tickets = rows[0], mails[0], {mail.ticket_id for mail in mails}
    told = f"{work.now.isoformat()} {to.address.lower()} {internal} {' '.join(mail.message_id for mail in mails)}"
    what = "tickets" if internal else "requests"
    headers, subject = first.headers, first.subject
    if len(tickets) > 1:
        headers = [pair for pair in headers if pair[0].lower() not in OF_ONE_TICKET]
        headers += [("Auto-Submitted", "auto-generated"), ("Precedence", "bulk")]
        subject = f"News about {len(tickets)} {what}"
    opening = ""
    if len(tickets) > 1:
        opening = f"There is news about {len(tickets)} {what}. "
        opening += "To answer about one of them, put its subject over your mail."
    joined = OutgoingMail(
        created=work.now,
        ticket_id=first.ticket_id if len(tickets) == 1 else None,
        queue_id=first.queue_id,
        internal=internal,
        message_id=f"rt-together-{sha256(told.encode()).hexdigest()[:40]}@{work.app.config.organization}",
        envelope_sender=first.envelope_sender,
        subject=subject,
        headers=headers,
        body=_body(mails, opening),
        html_body=_html(mails, opening),
        attachments=list(dict.fromkeys(number for mail in mails for number in mail.attachments)),
        not_before=work.now,
    )
    own_words = _own_words(work, mails, rows)
    joined.recipients.append(
        OutgoingRecipient(kind="to", address=to.address, name=to.name, own_words=own_words)
    )
    work.db.add(joined)


def _own_words(work: Work, mails: Sequence[OutgoingMail], rows: Sequence[OutgoingRecipient]) -> str:
    """What the mails say to this one alone; of several tickets each link names the subject it is about."""
    config, subjects = work.app.config, {mail.id: mail.subject for mail in mails}
    several = len({mail.ticket_id for mail in mails}) > 1
    joined = PersonalWords()
    for row in rows[:MOST_IN_ONE]:
        words = open_own_words(config, row.own_words)
        if words is not None and several:
            named = subjects[row.mail_id]
            words = PersonalWords(
                tuple(
                    each if isinstance(each, str) else (f"{named}: {each[0]}", each[1])
                    for each in words.pieces
                )
            )
        joined += words or PersonalWords()
    return seal_words(config, joined) if joined.pieces else ""


def _body(mails: Sequence[OutgoingMail], opening: str) -> str:
    pieces = [opening] if opening else []
    for mail in mails[:MOST_IN_ONE]:
        pieces.append(f"{RULE}\n{mail.subject}\n\n{mail.body.rstrip()}" if opening else mail.body.rstrip())
    if len(mails) > MOST_IN_ONE:
        pieces.append(f"{RULE}\nand {len(mails) - MOST_IN_ONE} more.")
    return "\n\n".join(pieces) + "\n"


def _html(mails: Sequence[OutgoingMail], opening: str) -> str:
    """The same with each mail's own HTML; empty when none of them has any."""
    if not any(mail.html_body for mail in mails):
        return ""
    pieces = [words_as_html(opening)] if opening else []
    room = LONGEST_HTML
    for mail in mails[:MOST_IN_ONE]:
        room -= len(mail.html_body)
        html = mail.html_body if mail.html_body and room >= 0 else words_as_html(mail.body.rstrip())
        pieces.append(f"{heading(mail.subject)}\n{html}" if opening else html)
    if len(mails) > MOST_IN_ONE:
        pieces.append(words_as_html(f"and {len(mails) - MOST_IN_ONE} more."))
    return "\n<hr>\n".join(pieces)
