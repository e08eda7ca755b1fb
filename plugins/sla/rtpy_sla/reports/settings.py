"""What administrators set about service reports."""

from zoneinfo import ZoneInfo

from rtpy.config.setting import Setting, SettingKind

REPORTS = "Service reports"


def _wrong_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return f"“{name[:60]}” is not a time zone: write it like Europe/Berlin."
    return ""


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "sla.report_day",
        SettingKind.NUMBER,
        0,
        "Day of the month",
        "On which the reports of the month before are mailed to the customers for whom addresses are given; 0: never.",
        maximum=28,
        section=REPORTS,
    ),
    Setting(
        "sla.report_zone",
        SettingKind.TEXT,
        "UTC",
        "Time zone of service reports",
        "In which their months begin and end.",
        longest=60,
        check=_wrong_zone,
        section=REPORTS,
    ),
    Setting(
        "sla.report_sender",
        SettingKind.TEXT,
        "",
        "Name of the firm",
        "As it stands on service reports; empty: the name of this server.",
        longest=100,
        section=REPORTS,
    ),
    Setting(
        "sla.report_pauses",
        SettingKind.CHOICE,
        "sums",
        "Pauses in service reports",
        "Reasons are what staff wrote when they handed the ball on: choose them only if staff know that customers read "
        "them.",
        choices=(
            ("none", "Not shown"),
            ("sums", "How long we waited, and for whom"),
            ("reasons", "Each of them, with its reason"),
        ),
        section=REPORTS,
    ),
    Setting(
        "sla.report_queues",
        SettingKind.SWITCH,
        False,
        "Name the queues in service reports",
        "Customers then read in which queue each of their requests is.",
        section=REPORTS,
    ),
)
