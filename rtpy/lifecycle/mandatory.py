"""The fields that a move can ask for: those of every ticket by these names, custom fields as `CF.NAME`."""

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "owner": "Owner",
    "due": "Due date",
    "starts": "Start date",
    "organization": "Organisation",
    "time_worked": "Minutes worked, in all",
    "time_taken": "Minutes worked, with this step",
    "reply": "A reply to the customer, with this step",
    "comment": "A reply or an internal comment, with this step",
}
"""Name and label of each."""

CUSTOM = "CF."


def canonical(name: str) -> str | None:
    """The name as lifecycles keep it, `CF.` with the custom field's own spelling; None for what is no field.

    RT's `CF.{NAME}` and `CustomField.{NAME}` are understood too.
    """
    name = name.strip()
    for prefix in (CUSTOM, "CustomField."):
        if name.lower().startswith(prefix.lower()):
            rest = name[len(prefix) :].strip()
            if rest.startswith("{") and rest.endswith("}"):
                rest = rest[1:-1].strip()
            return f"{CUSTOM}{rest}" if rest else None
    return name.lower() if name.lower() in FIELDS else None


def custom_name(name: str) -> str | None:
    """The custom field's own name of `CF.NAME`; None for a field that every ticket has."""
    return name[len(CUSTOM) :] if name.startswith(CUSTOM) else None


def label_of(name: str) -> str:
    """How people call a field."""
    return FIELDS.get(name) or custom_name(name) or name
