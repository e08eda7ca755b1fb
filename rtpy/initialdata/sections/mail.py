"""How mail comes in and whom it does not reach: rules, mailboxes without their secrets, suppressed addresses."""

from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.changes.suppression import let_mail_go_to, suppress
from rtpy.errors import Invalid
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.texts import ASK, as_text, secret_in
from rtpy.mail.sorting.rule import CONDITIONS
from rtpy.mail.sorting.saving import plain_rule, save_rule
from rtpy.mailboxes.saving import FIRST, plain_mailbox, save_mailbox
from rtpy.models import Mailbox, MailRule, SuppressedAddress
from rtpy.work import Work

LINES = tuple(name for name in CONDITIONS if name != "kind")
RULE: Entry = {
    "position": 0,
    "from_queue": "",
    "from_organization": "",
    **{name: [] for name in LINES},
    "kind": "",
    "queue": "",
    "organization": "",
    "priority": None,
    "status": "",
    "fields": {},
    "junk": False,
    "silent": False,
    "goes_on": False,
    "disabled": False,
}
SECRETS = {
    "password": "sealed_password",
    "client_secret": "sealed_client_secret",
    "refresh_token": "sealed_refresh_token",
}
"""Fields and columns."""
MAILBOX: Entry = {
    "host": "",
    "port": int(FIRST["port"]),
    "tls": str(FIRST["tls"]),
    "authority": "",
    "login": "",
    "method": str(FIRST["method"]),
    **dict.fromkeys(SECRETS, ""),
    "token_url": "",
    "client_id": "",
    "scope": "",
    "folder": FIRST["folder"],
    "queue": FIRST["queue"],
    "action": FIRST["action"],
    "after": str(FIRST["after"]),
    "move_to": "",
    "seconds": int(FIRST["seconds"]),
    "disabled": False,
}


def _rules(work: Work) -> Sequence[Entry]:
    return [_rule(work, row) for row in work.db.scalars(select(MailRule).order_by(MailRule.position))]


def _rule(work: Work, row: MailRule) -> Entry:
    plain = plain_rule(work, row)
    flags = {name: plain[name] == "1" for name in ("junk", "silent", "goes_on", "disabled")}
    lines = {name: plain[name].splitlines() for name in LINES}
    fields = {name: list(values) for name, values in sorted(row.fields.items())}
    return {
        **plain,
        **flags,
        **lines,
        "fields": fields,
        "priority": row.priority,
        "position": row.position,
    }


def _save_rule(work: Work, entry: Entry, before: Entry | None) -> None:
    name = str(entry["name"])
    row = work.db.scalar(select(MailRule).where(func.lower(MailRule.name) == name.lower()))
    texts = {key: as_text(value) for key, value in entry.items()}
    pairs = ((field, values) for field, values in entry["fields"].items())
    texts["fields"] = "\n".join(
        f"{field}: {value}"
        for field, values in pairs
        for value in (values if isinstance(values, list) else [values])
    )
    texts["position"] = as_text(entry["position"] or None)
    save_rule(work, row, texts)


def _mailboxes(work: Work) -> Sequence[Entry]:
    found = []
    for row in work.db.scalars(select(Mailbox).order_by(func.lower(Mailbox.name))):
        plain: Entry = dict(plain_mailbox(work, row))
        plain |= {"port": row.port, "seconds": row.seconds, "disabled": row.disabled}
        plain |= {field: ASK if getattr(row, column) else "" for field, column in SECRETS.items()}
        found.append(plain)
    return found


def _save_mailbox(work: Work, entry: Entry, before: Entry | None) -> Sequence[str]:
    name = str(entry["name"])
    row = work.db.scalar(select(Mailbox).where(func.lower(Mailbox.name) == name.lower()))
    texts = {key: as_text(value) for key, value in entry.items()}
    texts |= {field: secret_in(entry, field) for field in SECRETS}
    try:
        save_mailbox(work, row, texts)
    except Invalid as wrong:
        fields = {problem.field for problem in wrong.problems}
        if not fields <= SECRETS.keys() or any(texts[field] for field in fields):
            raise
        save_mailbox(work, row, {**texts, "disabled": "1"}, without_secrets=True)
        return ("It is switched off, since its password or secret is missing: type it on its page.",)
    return ()


def _addresses(work: Work) -> Sequence[Entry]:
    rows = work.db.scalars(select(SuppressedAddress).order_by(SuppressedAddress.pattern))
    return [{"address": row.pattern, "cause": row.cause, "note": row.note} for row in rows]


def _save_address(work: Work, entry: Entry, before: Entry | None) -> None:
    address = str(entry["address"]).strip()
    there = select(SuppressedAddress.id).where(SuppressedAddress.pattern == address.lower())
    number = work.db.scalar(there)
    if number is not None:
        let_mail_go_to(work, number)
    suppress(work, address, str(entry["cause"]), str(entry["note"]))


MAILBOXES = Section("mailboxes", ("name",), MAILBOX, _mailboxes, _save_mailbox)
MAIL_RULES = Section("mail_rules", ("name",), RULE, _rules, _save_rule)
SUPPRESSED_ADDRESSES = Section(
    "suppressed_addresses", ("address",), {"cause": "hand", "note": ""}, _addresses, _save_address
)
