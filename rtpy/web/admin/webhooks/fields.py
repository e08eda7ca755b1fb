"""The form of a webhook."""

from collections.abc import Mapping, Sequence

from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field
from rtpy.webhooks.events import Event

ANY = "event_any"


def sections(given: Mapping[str, str], events: Sequence[Event], *, is_new: bool) -> list[Section]:
    """All fields with what was typed, a box for each of `events`; `given["events"]` are keys between commas."""
    chosen = {each.strip() for each in given.get("events", "").split(",")}
    all_of_them = {event.key for event in events} <= chosen or "any" in chosen

    def field(name: str, label: str, kind: str = "text", **more: object) -> Field:
        return Field(name, label, given.get(name, ""), kind, **more)  # type: ignore[arg-type]

    def check(name: str, label: str, hint: str = "") -> Field:
        return Field(name, label, kind="checkbox", checked=given.get(name) == "1", hint=hint)

    address_hint = (
        "It must begin with https:// and lead to the public internet; the option webhooks.allow says more."
    )
    if not is_new:
        address_hint += " With another server the secret is dropped, and a new one is made and shown once."
    return [
        Section(
            "Who is told",
            (
                field("name", "Name", required=True, autocomplete="off"),
                field("url", "Address", "url", required=True, hint=address_hint, autocomplete="off"),
                check("disabled", "Switched off", "Nothing is noted and nothing is sent."),
            ),
        ),
        Section(
            "Of what",
            (
                Field(ANY, "Everything", kind="checkbox", checked=all_of_them),
                *(
                    Field(
                        box_of(event),
                        event.label,
                        kind="checkbox",
                        checked=not all_of_them and event.key in chosen,
                    )
                    for event in events
                ),
            ),
        ),
        Section(
            "Of which tickets",
            (
                field(
                    "user",
                    "Sees as",
                    required=True,
                    hint="A login name or address of your staff. It is told what this person may see, no more; "
                    "best an account of its own with few rights.",
                    autocomplete="off",
                ),
                field(
                    "query",
                    "Query",
                    "textarea",
                    rows=3,
                    hint="In TicketSQL, such as Queue = 'Support' AND Priority > 50. The ticket must fit it after the "
                    "change; empty: every ticket.",
                ),
                check(
                    "comments",
                    "Internal comments too",
                    "Only if the person may read them. They leave the house with it.",
                ),
                check(
                    "skip_own",
                    "Not what this person does itself",
                    "So that a program which answers by the API is not told of its own answers.",
                ),
            ),
        ),
    ]


def box_of(event: Event) -> str:
    """The name of an event's box."""
    return f"event_{event.short}"


def events_ticked(given: Mapping[str, str], events: Sequence[Event]) -> str:
    """The ticked boxes as one field."""
    if given.get(ANY) == "1":
        return "any"
    return ", ".join(event.key for event in events if given.get(box_of(event)) == "1")
