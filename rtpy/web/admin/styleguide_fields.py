"""Fields of forms as the style guide shows them."""

from rtpy.web.custom_fields.inputs import FieldInput
from rtpy.web.forms import Field, Hint, Option

FIELDS = (
    Field(
        "subject", "Subject", "Mail stops at 10 MB", required=True, hint="One line that says what is wrong."
    ),
    Field(
        "email", "E-mail", "ann.miller", "email", error="The address needs an @, for example ann@example.com."
    ),
    Field(
        "queue",
        "Queue",
        kind="select",
        required=True,
        options=(Option("1", "General"), Option("2", "Network")),
    ),
    Field("minutes", "Minutes worked", "15", "number"),
    Field("due", "Due", "2026-03-02", "date"),
    Field("locked", "Customer number", "C-1042", disabled=True),
    Field("text", "Message", kind="textarea", placeholder="What happened?", rows=4),
    Field("files", "Files", kind="file", multiple=True, hint="Drop them here, or paste a picture."),
    Field("tell", "Tell the customer by mail", kind="checkbox", checked=True),
    Field(
        "action",
        "Action",
        kind="select",
        options=(Option("", "Choose …"), Option("open", "Open it"), Option("due", "Set when it is due")),
    ),
    Field(
        "argument",
        "Argument",
        hint="Only for what takes one.",
        follows="action",
        hints=(
            Hint("open", "Open it", "Opens the ticket. It takes no argument.", takes=False),
            Hint("due", "Set when it is due", "Due after this time. Argument: A time such as 2d4h."),
        ),
        hints_title="What each action takes",
    ),
)
_MODELS = (
    ("", (Option("Other", "Other"),)),
    ("Dell", (Option("XPS", "XPS"), Option("Latitude", "Latitude"))),
    ("HP", (Option("Elite", "Elite"),)),
)
OWN_FIELDS = (
    FieldInput(
        "own-1", 1, "cf_1", "Maker", "select", groups=(("", (Option("Dell", "Dell"), Option("HP", "HP"))),)
    ),
    FieldInput(
        "own-2",
        2,
        "cf_2",
        "Model",
        "select",
        groups=_MODELS,
        based_on="cf_1",
        hint="The choices depend on “Maker”.",
    ),
)
