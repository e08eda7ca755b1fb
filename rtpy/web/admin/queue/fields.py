"""The fields of a queue's form, and what was typed into them."""

from collections.abc import Mapping

from pyramid.request import Request

from rtpy.changes.queues import CC_POLICIES, OPEN_TO, REPLY_POLICIES, QueueValues
from rtpy.content.moments import EXAMPLES
from rtpy.lifecycle.lifecycle import TICKET
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field, Option

FLAGS = ("thanks_reopen", "held", "disabled")


def read_values(given: Mapping[str, str]) -> QueueValues:
    """What the form says; a box that is not ticked is not sent."""
    names = [name for name in QueueValues.__dataclass_fields__ if name not in FLAGS]
    return QueueValues(
        **{name: given.get(name, "") for name in names},
        thanks_reopen=bool(given.get("thanks_reopen")),
        held=bool(given.get("held")),
        disabled=bool(given.get("disabled")),
    )


def show_sections(request: Request, values: QueueValues, *further: Section) -> tuple[Section, ...]:
    """Every field, in sections; `further` ones stand behind the first."""
    lifecycles = [life for life in request.app.lifecycles if life.type == TICKET]
    offered = [life.name for life in lifecycles if not life.is_disabled or life.name == values.lifecycle]
    return (
        Section(
            "The queue",
            (
                Field("name", "Name", values.name, required=True),
                Field("description", "What it is for", values.description, "textarea", rows=2),
                Field(
                    "lifecycle",
                    "Lifecycle",
                    kind="select",
                    required=True,
                    options=tuple(Option(name, name, name == values.lifecycle) for name in offered),
                    hint="Which statuses its tickets have, and who may move them where.",
                ),
                Field(
                    "sort_order",
                    "Place in lists",
                    values.sort_order,
                    "number",
                    hint="Smaller numbers stand first; the same number: by name.",
                ),
            ),
        ),
        *further,
        Section(
            "Mail",
            (
                Field(
                    "correspond_address",
                    "Address for replies",
                    values.correspond_address,
                    "email",
                    hint="Mail to it becomes tickets here, and replies are sent from it. Empty: the site's own.",
                ),
                Field(
                    "comment_address",
                    "Address for comments",
                    values.comment_address,
                    "email",
                    hint="Mail to it becomes internal comments, which customers never see.",
                ),
                Field(
                    "subject_tag",
                    "Tag in subjects",
                    values.subject_tag,
                    hint="Stands before the number: [tag #12]. Empty: the site's own. Old tags stay understood only "
                    "if they are listed in the configuration.",
                ),
                Field(
                    "signature",
                    "Signature",
                    values.signature,
                    "textarea",
                    hint="Stands below mails to customers.",
                ),
                Field(
                    "reply_policy",
                    "Whose mail may join a ticket by its number",
                    kind="select",
                    required=True,
                    options=_options(REPLY_POLICIES, values.reply_policy),
                ),
                Field(
                    "cc_policy",
                    "Do others who got a first mail become Ccs?",
                    kind="select",
                    required=True,
                    options=_options(CC_POLICIES, values.cc_policy),
                ),
                Field(
                    "thanks_reopen",
                    "A reply that only says thanks opens a closed ticket",
                    kind="checkbox",
                    checked=values.thanks_reopen,
                    hint="Otherwise it stays closed, and the ticket asks those who work on it.",
                ),
                Field(
                    "held",
                    "Hold the mail of this queue",
                    kind="checkbox",
                    checked=values.held,
                    hint="What it would send waits under Outgoing mail until somebody releases it.",
                ),
            ),
        ),
        Section(
            "New tickets",
            (
                Field(
                    "initial_priority",
                    "Priority at the start",
                    values.initial_priority,
                    hint="A number or a word of the list below; empty: the lowest.",
                ),
                Field("final_priority", "Priority at the due date", values.final_priority, hint="The same."),
                Field(
                    "priority_labels",
                    "Words for priorities",
                    values.priority_labels,
                    hint="For example Low=0, Medium=50, High=100. Empty: the usual words. “numbers”: no words.",
                ),
                Field(
                    "due_default",
                    "Due",
                    values.due_default,
                    hint=f"From its creation, for example {EXAMPLES}. Times are in UTC. Empty: no date.",
                ),
                Field("starts_default", "Starts", values.starts_default, hint="The same."),
            ),
            help="What a ticket begins with when nobody says otherwise.",
        ),
        Section(
            "Closing",
            (
                Field(
                    "disabled",
                    "Disabled",
                    kind="checkbox",
                    checked=values.disabled,
                    hint="No new tickets, and it is offered nowhere; what is in it stays readable.",
                ),
            ),
        ),
    )


def open_field(chosen: str = "everyone") -> Field:
    """Who gets rights on a new queue."""
    return Field(
        "open_to",
        "Who may write to it",
        kind="select",
        required=True,
        options=_options(OPEN_TO, chosen),
        hint="Without rights nobody but a super-user sees a queue. All rights can be changed afterwards.",
    )


def _options(known: Mapping[str, str], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, label, value == chosen) for value, label in known.items())
