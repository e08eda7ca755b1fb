"""What administrators set for the whole of billing, on a page made from this."""

from zoneinfo import ZoneInfo

from rtpy.config.setting import Setting, SettingKind
from rtpy_billing.capture.settings import SETTINGS as CAPTURE
from rtpy_billing.invoicing.accounting import SETTINGS as BOOKS

ENDS = "Loose ends"


def _wrong_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return f"“{name[:60]}” is not a time zone: write it like Europe/Berlin."
    return ""


def _number(
    key: str, default: int, label: str, help: str, *, minimum: int = 0, maximum: int = 10_000
) -> Setting:
    return Setting(
        f"billing.{key}",
        SettingKind.NUMBER,
        default,
        label,
        help,
        minimum=minimum,
        maximum=maximum,
        section=ENDS,
    )


SETTINGS: tuple[Setting, ...] = (
    *CAPTURE,
    Setting(
        "billing.zone",
        SettingKind.TEXT,
        "UTC",
        "Time zone of the house",
        "In which days and months begin and end for boards and reports.",
        longest=60,
        check=_wrong_zone,
    ),
    _number(
        "unowned_hours", 4, "Hours without an owner", "A request that nobody has for so long is a loose end."
    ),
    _number("answer_hours", 8, "Hours without an answer", "So long a customer may wait for our reply."),
    _number("consent_days", 2, "Days without consent", "So long a customer may leave our question open."),
    _number("timer_hours", 8, "Hours of a timer", "One that runs longer was probably forgotten.", minimum=1),
    _number(
        "day_percent",
        60,
        "Per cent of a day",
        "A day with less of the expected hours is a loose end; 0 asks for nothing.",
        maximum=100,
    ),
    _number("draft_days", 3, "Days of a draft", "Work that is not handed in for so long is a loose end."),
    _number("part_days", 30, "Days of a part", "A part that no invoice has for so long is a loose end."),
    Setting(
        "billing.statement_link_days",
        SettingKind.NUMBER,
        60,
        "Days of a statement's link",
        "So long the link in a mailed statement opens the statement as a page, without a login; 0: no links.",
        minimum=0,
        maximum=400,
        section="Statements",
    ),
    Setting(
        "billing.weekly_mail",
        SettingKind.SWITCH,
        True,
        "Mail every Monday",
        "Everybody gets the list of their own loose ends by mail, if there are any.",
        section=ENDS,
    ),
    Setting(
        "billing.monthly_reader",
        SettingKind.TEXT,
        "",
        "Who gets the monthly report",
        "Login name of the owner of the business: all loose ends with the trend, on the first of the month.",
        section=ENDS,
        longest=200,
    ),
    *BOOKS,
)
