"""The section [budget] of rtpy.toml."""

from rtpy.config.options import Kind, Option

OPTIONS = [
    Option("budget.minutes", Kind.NUMBER, 240, "Minutes that a ticket may take.", minimum=1),
    Option("budget.book_first", Kind.SWITCH, True, "Refuse to resolve a ticket without minutes."),
]
