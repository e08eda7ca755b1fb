"""The form of a rule for new mail."""

from collections.abc import Mapping

from sqlalchemy import select as query

from rtpy.http.resources import SystemResource
from rtpy.mail.sorting.rule import KINDS
from rtpy.models import Organization
from rtpy.web.admin.by_clock import queue_options, select
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field


def sections(resource: SystemResource, given: Mapping[str, str]) -> list[Section]:
    """All fields with what was typed."""

    def field(name: str, label: str, kind: str = "text", **more: object) -> Field:
        return Field(name, label, given.get(name, ""), kind, autocomplete="off", **more)  # type: ignore[arg-type]

    def box(name: str, label: str, hint: str = "") -> Field:
        return Field(name, label, kind="checkbox", checked=given.get(name) == "1", hint=hint)

    def choice(name: str, label: str, options: list[tuple[str, str]], none: str, hint: str = "") -> Field:
        return select(name, label, [("", none), *options], given.get(name, ""), hint=hint, required=False)

    queues = queue_options(resource)
    clients = [
        (name, name)
        for name in resource.request.db.scalars(
            query(Organization.name).where(Organization.disabled.is_(False)).order_by(Organization.name)
        )
    ]
    return [
        Section(
            "The rule",
            (
                field("name", "Name", required=True, hint="Stands on the tickets that it sorts."),
                field("position", "Place", "number", hint="1 is asked first. Empty: after all others."),
                box("goes_on", "Go on with the rules below", "What this one sets stays as it is."),
                box("disabled", "Switched off"),
            ),
        ),
        Section(
            "Which mails",
            (
                choice("from_queue", "Came in for queue", queues, "any"),
                field("mailbox", "Came in by mailbox", hint="Its name, if it was fetched from one."),
                field(
                    "recipient",
                    "Sent to",
                    "textarea",
                    rows=2,
                    hint="An address or a domain a line: support@example.com, *@vpn.example.com.",
                ),
                field("plus", "Plus part", hint="vpn for mails to support+vpn@example.com."),
                field(
                    "sender",
                    "Sent by",
                    "textarea",
                    rows=2,
                    hint="An address or a domain a line: jo@client.example, client.example, *.client.example.",
                ),
                choice("from_organization", "Sender speaks for", clients, "anybody"),
                field(
                    "subject",
                    "Words in the subject",
                    "textarea",
                    rows=2,
                    hint="A line of words, with * for anything between them: backup*failed.",
                ),
                field(
                    "header",
                    "Header",
                    "textarea",
                    rows=2,
                    hint="A name with words in it: X-Spam-Flag: yes. The name alone: it is there.",
                ),
                choice("kind", "Written by", list(KINDS.items()), "anything"),
            ),
            "All of these must hold. Of several lines in one field one is enough. Upper and lower case are the same.",
        ),
        Section(
            "What becomes of them",
            (
                choice("queue", "Queue", queues, "as it came", "If the sender may make tickets there."),
                choice("organization", "Organisation", clients, "the sender’s"),
                field("priority", "Priority", "number", hint="Empty: as the queue says."),
                field("status", "Status", hint="Such as open; empty: as the lifecycle says."),
                field("fields", "Custom fields", "textarea", rows=2, hint="One a line: Name: value."),
                box("silent", "No automatic answer"),
                box("junk", "Junk", "No ticket: the mail is kept under Incoming mail."),
            ),
            "Rules act on mails that open a ticket. Replies go where they belong.",
        ),
    ]
