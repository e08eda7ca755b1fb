"""What administrators set for all ladders."""

from rtpy.config.setting import Setting, SettingKind

SECTION = "Escalation"
GRACE = "sla.grace_minutes"
LEVELS = "sla.escalation_levels"

SETTINGS: tuple[Setting, ...] = (
    Setting(
        GRACE,
        SettingKind.NUMBER,
        30,
        "Minutes of grace",
        "A clock that goes on after a pause takes no step for so long, in the time that it counts.",
        maximum=10_000,
        section=SECTION,
    ),
    Setting(
        LEVELS,
        SettingKind.LONG_TEXT,
        "",
        "Levels of escalation",
        "The groups of level 1, 2, 3 …, one name in a line. Steps can notify a level.",
        longest=2_000,
        section=SECTION,
    ),
)


def level_group(written: str, level: int) -> str:
    """The name of the group of that level, from 1; empty when there is none."""
    names = [line.strip() for line in written.splitlines()]
    return names[level - 1] if 0 < level <= len(names) else ""
