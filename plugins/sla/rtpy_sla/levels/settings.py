"""What administrators set for all levels."""

from rtpy.config.setting import Setting, SettingKind

SECTION = "RT's own levels"
USUAL = "sla.usual_level"
OUTSIDE = "sla.assume_outside"

SETTINGS: tuple[Setting, ...] = (
    Setting(
        USUAL,
        SettingKind.TEXT,
        "",
        "The usual level",
        "Its name: the level of tickets in queues that use levels and name none of their own.",
        longest=64,
        section=SECTION,
    ),
    Setting(
        OUTSIDE,
        SettingKind.SWITCH,
        False,
        "Whoever is not known to be ours is a customer",
        "Then only the owner and AdminCcs answer; otherwise only requestors ask.",
        section=SECTION,
    ),
)
