"""The section [budget] of rtpy.toml, and what is set while rtpy runs."""

from rtpy.config.options import Kind, Option
from rtpy.config.setting import Setting, SettingKind

OPTIONS = [
    Option("budget.minutes", Kind.NUMBER, 240, "Minutes that a ticket may take.", minimum=1),
    Option("budget.book_first", Kind.SWITCH, True, "Refuse to resolve a ticket without minutes."),
]


def check_warning(text):
    """A sentence when the warning says no number."""
    return "" if "{minutes}" in text else "The warning must hold {minutes}, where the number stands."


SETTINGS = [
    Setting(
        "budget.warning",
        SettingKind.TEXT,
        "{minutes} minutes are booked; the budget was {budget}.",
        "Warning",
        "The comment that a ticket over its budget gets. {minutes} and {budget} become numbers.",
        section="Warnings",
        check=check_warning,
    ),
    Setting(
        "budget.warn_at",
        SettingKind.NUMBER,
        100,
        "Warn at",
        "Percent of the budget.",
        minimum=10,
        maximum=200,
        section="Warnings",
    ),
    Setting("budget.give", SettingKind.SWITCH, True, "Give a ticket without owner to who works on it"),
    Setting(
        "budget.shown",
        SettingKind.CHOICE,
        "minutes",
        "Show budgets in",
        choices=(("minutes", "Minutes"), ("hours", "Hours")),
    ),
    Setting("budget.note", SettingKind.LONG_TEXT, "", "Note above the list", longest=500),
]
