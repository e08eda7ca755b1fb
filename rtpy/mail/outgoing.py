"""Outgoing mail as rows, written in the transaction of its cause; the worker sends them afterwards.

A draft is made when a scrip prepares (it only reads), and turned into rows when the scrip commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from rtpy.history.public import public_message_ids
from rtpy.history.public_facts import public_facts
from rtpy.mail.caps import within_caps
from rtpy.mail.carried import files_carried
from rtpy.mail.defang import defanged
from rtpy.mail.drops import tag_of, values_for
from rtpy.mail.header_lines import encoded, is_sendable, mailbox, one_line
from rtpy.mail.message_ids import own_message_id, ticket_reference
from rtpy.mail.occasion import Occasion
from rtpy.mail.own import what_is_own
from rtpy.mail.personal import ask_for_words, seal_words
from rtpy.mail.plus_address import ticket_address
from rtpy.mail.posting import FOR_DIGEST
from rtpy.mail.recipients import Audience, Chosen, choose_recipients
from rtpy.mail.return_address import return_address
from rtpy.mail.sender_names import actor_name, sender_name
from rtpy.mail.styled.dressing import Dress, html_of
from rtpy.mail.styled.words import with_facts, with_signature
from rtpy.mail.tags import find_tags, strip_tags
from rtpy.mail.template import Rendered, names_in, render_template
from rtpy.models import User

PRODUCT = "rtpy"
NOBODY_NOW = "nobody gets it now: see the recipients"
ASKED = "asked"
"""In an occasion's memo: a list that takes who would get each mail; then none is written."""

# What a template may set; addressing, identity and the MIME form are ours alone.
_OVERRIDABLE = {
    "precedence": "Precedence",
    "reply-to": "Reply-To",
    "x-priority": "X-Priority",
    "importance": "Importance",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail that is ready to become rows."""

    mail: dict[str, Any]
    chosen: Chosen

    def queue(self, occasion: Occasion) -> str:
        """Have the rows written when the scrips are done; says to whom it goes."""
        occasion.mails.append(
            (self.mail, self._recipients(self._own_words(occasion)), self._record(occasion))
        )
        if not self.chosen.recipients:
            return "no mail now: " + "; ".join(skipped.reason for skipped in self.chosen.skipped[:5])
        told = ", ".join(recipient.address for recipient in self.chosen.recipients[:10])
        more = len(self.chosen.recipients) - 10
        notes = (*self.chosen.remarks, *self.chosen.left_out[:5])
        return f"mail to {told}{f' and {more} more' if more > 0 else ''}" + "".join(
            f"; {note}" for note in notes
        )

    def _own_words(self, occasion: Occasion) -> Mapping[str, str]:
        """What plugins say to a customer alone, sealed, by address; nothing in an internal mail."""
        if self.mail["internal"]:
            return {}
        customers = [one.address for one in self.chosen.recipients if not one.is_staff]
        found = ask_for_words(occasion.work, occasion.ticket, occasion.transaction, customers)
        return {address: seal_words(occasion.work.app.config, words) for address, words in found.items()}

    def _recipients(self, own_words: Mapping[str, str]) -> list[dict[str, Any]]:
        waiting = [(one, "queued", "", 0) for one in self.chosen.recipients]
        waiting += [
            (one.recipient, "digest" if one.waits_for else "skipped", one.reason, one.waits_for)
            for one in self.chosen.skipped
        ]
        return [
            {
                "kind": one.kind,
                "address": one.address,
                "name": one_line(one.name, 120),
                "state": state,
                "last_answer": answer,
                "own_words": own_words.get(one.address, "") if state == "queued" else "",
                FOR_DIGEST: user_id,
            }
            for one, state, answer, user_id in waiting
        ]

    def _record(self, occasion: Occasion) -> dict[str, Any] | None:
        """In the ticket's history, without scrips and without touching its last update; none when nobody gets it."""
        work = occasion.work
        if not self.chosen.recipients:
            return None
        return {
            "object_type": "ticket",
            "object_id": occasion.ticket.id,
            "type": "CommentEmailRecord" if self.mail["internal"] else "EmailRecord",
            "data": self.mail["message_id"],
            "face": work.actor.face.value,
            "creator_id": work.actor.user_id,
            "created": work.now,
        }


def draft_mail(
    occasion: Occasion,
    *,
    scrip_id: int,
    audience: Audience,
    template: str,
    internal: bool = False,
    translations: Mapping[str, str] | None = None,
) -> Draft | str:
    """The mail that a scrip would send, or the reason why it sends none. Reads only; raises Invalid for a bad template.

    `translations` are texts by language: the one of those to whom the mail is addressed is taken when they agree.

    What was said in a comment makes every mail internal, whatever the scrip says.
    """
    internal = internal or occasion.transaction.type == "Comment"
    if not template.strip():
        return "the template is empty: nothing is sent"
    if audience.is_answer and occasion.message and occasion.message.auto_generated:
        return "a machine wrote it: no automatic answer"
    if audience.is_answer and occasion.message and occasion.message.unanswered:
        return f"{occasion.message.unanswered}: no automatic answer"
    chosen = choose_recipients(occasion, audience, internal=internal)
    _drop_unsendable(chosen)
    if audience.is_answer:
        chosen.recipients, reasons = within_caps(occasion, chosen.recipients)
        chosen.left_out += reasons
    if ASKED in occasion.memo:
        occasion.memo[ASKED].append(chosen)
        return "only asked who would get it"
    if not chosen.recipients and (audience.is_answer or not chosen.skipped):
        return chosen.why_nobody()
    lang = ""
    if translations and len(translations) > 1:
        lang, template = in_their_language(occasion, template, translations, chosen)
    values = values_for(occasion, names_in(template))
    if "actor" in values and not (internal or chosen.only_staff):
        values["actor"] = {"name": actor_name(occasion)}
    rendered = render_template(template, values)
    if rendered.is_empty:
        return "the template came out empty: nothing is sent"
    if "x-rt-squelch" in rendered.headers:
        return "the template says X-RT-Squelch: nothing is sent"
    # What somebody said speaks for itself, and an automatic answer repeats no word of who may be a forger (A56).
    is_news = occasion.message is None and not audience.is_answer
    title = one_line(rendered.headers.get("subject", ""), 250) if is_news else ""
    signature = "" if internal or chosen.only_staff else occasion.queue.signature.strip("\n")
    facts = () if internal else _facts(occasion, chosen, is_answer=audience.is_answer)
    dress = Dress(chosen.only_staff, title, signature, facts)
    html = html_of(occasion, template, values, rendered, dress)
    rendered = replace(rendered, body=with_signature(with_facts(rendered.body, facts), signature))
    mail = _mail(occasion, scrip_id, audience, rendered, html, chosen, internal=internal)
    if lang:
        mail["headers"].append(("Content-Language", lang))  # RFC 3282
    return Draft(mail, chosen)


def _facts(occasion: Occasion, chosen: Chosen, *, is_answer: bool) -> tuple[str, ...]:
    """What plugins tell the customer beside a reply; in the answer to a new request what they say belongs there too."""
    if occasion.transaction.type != ("Create" if is_answer else "Correspond"):
        return ()
    if not occasion.work.app.hooks.rtpy_public_facts.get_hookimpls():
        return ()
    lang = language_of(occasion, chosen)
    facts = occasion.once(f"public_facts {lang}", lambda: public_facts(occasion.work, occasion.ticket, lang))
    return tuple(each.line for each in facts if each.in_answers or not is_answer)


def in_their_language(
    occasion: Occasion, template: str, translations: Mapping[str, str], chosen: Chosen
) -> tuple[str, str]:
    """The text for the language of those who read the mail, and which that is. One query.

    When they differ it is `template`, in a language that nobody has named.
    """
    language = language_of(occasion, chosen)
    for lang in (language, language.partition("-")[0]):
        if text := translations.get(lang):
            return lang, text
    return "", template


def language_of(occasion: Occasion, chosen: Chosen) -> str:
    """The one language of those in To (of all when nobody is), such as `de-at`; empty when they differ. One query."""
    named = [one for one in chosen.recipients if one.kind == "to"] or chosen.recipients
    addresses = {one.address.lower() for one in named}
    rows = occasion.work.db.execute(select(User.lang).where(func.lower(User.email_address).in_(addresses)))
    languages = {row.lang.lower().replace("_", "-") for row in rows}
    return languages.pop() if len(languages) == 1 else ""


def _mail(
    occasion: Occasion,
    scrip_id: int,
    audience: Audience,
    rendered: Rendered,
    html: str,
    chosen: Chosen,
    *,
    internal: bool,
) -> dict[str, Any]:
    work, ticket, transaction = occasion.work, occasion.ticket, occasion.transaction
    app, queue = work.app, occasion.queue
    address = return_address(app, queue, internal=internal)
    files, too_large = files_carried(occasion, rendered.headers)
    subject = _subject(occasion, rendered)
    body = rendered.body.rstrip() + "\n"
    if too_large:
        note = "Too large for a mail and not sent along: " + ", ".join(map(str, too_large))
        body += f"\n{note}\n"
        html = html and f"{html}\n<p>{_escaped(note)}</p>"
    return {
        "created": work.now,
        "ticket_id": ticket.id,
        "queue_id": queue.id,
        "transaction_id": transaction.id,
        "scrip_id": scrip_id,
        "internal": internal,
        "automatic": audience.is_answer,
        "message_id": own_message_id(app, ticket.id, transaction.id, scrip_id),
        # An answer to a forged sender must not bounce back to us as a new request (O9).
        "envelope_sender": "" if audience.is_answer else address,
        "subject": defanged(subject, tag_of(occasion)) if audience.is_answer else subject,
        "headers": _headers(occasion, audience, rendered.headers, address, only_staff=chosen.only_staff),
        "body": body.replace("\x00", ""),
        "html_body": html.replace("\x00", ""),
        "attachments": [each.number for each in files],
        "state": "queued" if chosen.recipients else "canceled",
        "last_answer": "" if chosen.recipients else NOBODY_NOW,
        "not_before": work.now,
    }


def _headers(
    occasion: Occasion, audience: Audience, template: Mapping[str, str], address: str, *, only_staff: bool
) -> list[tuple[str, str]]:
    """All but addressees, subject, date and identity; ready for the wire."""
    app, people, message = occasion.work.app, occasion.people, occasion.message
    rtname = app.config.rtname
    number = str(occasion.ticket.id)
    headers = [
        (
            "From",
            mailbox(sender_name(occasion, is_answer=audience.is_answer, only_staff=only_staff), address),
        ),
        ("Reply-To", ticket_address(app, address, occasion.ticket.id)),
        *_threading(occasion),
        ("X-RT-Loop-Prevention", encoded(rtname)),
        ("X-RT-Ticket", f"{rtname} #{number}"),
        ("RT-Ticket", f"{rtname} #{number}"),
        ("Managed-By", PRODUCT),
    ]
    if only_staff and is_sendable(people.actor.address):
        # The address of whoever did it is the staff's business (RT shows it to everybody).
        headers.append(("X-RT-Originator", people.actor.address))
    if audience.is_answer:
        headers += [("Auto-Submitted", "auto-replied"), ("Precedence", "bulk")]
    elif message is None or message.auto_generated or people.by_system:
        headers += [("Auto-Submitted", "auto-generated"), ("Precedence", "bulk")]
    for name, value in template.items():
        if name in _OVERRIDABLE and value:
            shown = _OVERRIDABLE[name]
            headers = [(old, text) for old, text in headers if old != shown] + [(shown, encoded(value))]
        elif name.startswith("x-") and not name.startswith(("x-rt-", "x-mailer")) and value:
            headers.append((name.title(), encoded(value)))
    return headers


def _threading(occasion: Occasion) -> list[tuple[str, str]]:
    """In-Reply-To and References, so that every mail program shows one thread; above ten the first 4 and last 6."""
    message = occasion.message
    chain = [ticket_reference(occasion.work.app.config, occasion.ticket.id)]
    headers: list[tuple[str, str]] = []
    answered: tuple[str, ...] = ()
    if message:
        answered = (message.message_id,) if message.message_id else message.in_reply_to[:1]
        chain += [*message.references, *message.in_reply_to, *answered]
    if not answered and occasion.transaction.type != "Create":
        earlier = occasion.once("earlier", lambda: public_message_ids(occasion.work.db, occasion.ticket.id))
        answered = tuple(earlier[-1:])
        chain += earlier
    known = [f"<{name}>" for name in answered if _is_id(name)]
    if known:
        headers.append(("In-Reply-To", known[0]))
    chain = list(dict.fromkeys(name for name in chain if _is_id(name)))
    if len(chain) > 10:
        chain = chain[:4] + chain[-6:]
    return [*headers, ("References", " ".join(f"<{name}>" for name in chain))]


def _is_id(name: str) -> bool:
    return (
        0 < len(name) <= 250
        and name.isascii()
        and name.isprintable()
        and not any(sign in name for sign in '<> \t"(),;')
        and "@" in name
    )


def _subject(occasion: Occasion, rendered: Rendered) -> str:
    """The template's, else the message's, else the ticket's; its tag is in it once, and that of no other ticket."""
    message, ticket, work = occasion.message, occasion.ticket, occasion.work
    own = rendered.headers.get("subject", "")
    subject = one_line(own or (message.subject if message else "") or ticket.subject or "(no subject)", 250)
    tag, tags = tag_of(occasion), what_is_own(work.app, work.db).tags
    if tag.lower() in subject.lower() and find_tags(subject, tags) == (ticket.id,):
        return subject
    return f"{tag} {strip_tags(subject, tags) or '(no subject)'}"


def _drop_unsendable(chosen: Chosen) -> None:
    """Addresses that could break out of an envelope or a header are never written to (A10)."""
    bad = [one for one in chosen.recipients if not is_sendable(one.address)]
    chosen.left_out += [
        f"“{one_line(one.address, 60)}” is not an address that mail can be sent to" for one in bad
    ]
    chosen.recipients = [one for one in chosen.recipients if is_sendable(one.address)]
    chosen.skipped = [one for one in chosen.skipped if is_sendable(one.recipient.address)]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
