"""What administrators set about the pages of requests."""

from rtpy.config.setting import Setting, SettingKind

REQUESTS = "Requests"
WAITING, SOLVED = "portal.waiting_statuses", "portal.solved_statuses"
NAMES = "portal.names"
REOPEN_DAYS = "portal.reopen_days"
ESTIMATES = "portal.estimates"
CALLS, ESCALATION, URGENCY = "portal.calls", "portal.escalation", "portal.urgency"
LOW, NORMAL, HIGH = "portal.low_priority", "portal.normal_priority", "portal.high_priority"

SETTINGS: tuple[Setting, ...] = (
    Setting(
        WAITING,
        SettingKind.TEXT,
        "stalled",
        "Statuses that wait for the customer",
        "Between commas. Customers read “Waiting for you” then, unless a service level says who has the next step.",
        section=REQUESTS,
    ),
    Setting(
        SOLVED,
        SettingKind.TEXT,
        "resolved",
        "Statuses that mean solved",
        "Between commas. Customers read “Closed” in all other statuses in which the work is over.",
        section=REQUESTS,
    ),
    Setting(
        NAMES,
        SettingKind.CHOICE,
        "full",
        "What customers read of who answers",
        "Who may see names of an organisation's requests reads them in full in any case.",
        choices=(
            ("full", "The whole name"),
            ("first", "The first name"),
            ("team", "The name of the portal only"),
        ),
        section=REQUESTS,
    ),
    Setting(
        REOPEN_DAYS,
        SettingKind.NUMBER,
        14,
        "Days in which a closed request can be opened again",
        "Afterwards customers are offered a new request, which is linked to the old one. 0: never.",
        maximum=3650,
        section=REQUESTS,
    ),
    Setting(
        ESTIMATES,
        SettingKind.SWITCH,
        False,
        "Customers read the estimate",
        "The minutes that staff estimate on a ticket, while it is open.",
        section=REQUESTS,
    ),
    Setting(
        CALLS,
        SettingKind.SWITCH,
        True,
        "Customers may ask for a call",
        "It becomes a reply that says when and at which number.",
        section=REQUESTS,
    ),
    Setting(
        ESCALATION,
        SettingKind.SWITCH,
        True,
        "Customers may ask for more attention",
        "Once a day for each request. It becomes a reply; the AdminCcs of the ticket and of its queue get a mail.",
        section=REQUESTS,
    ),
    Setting(
        URGENCY,
        SettingKind.SWITCH,
        True,
        "Customers may say how urgent a request is",
        "In three words, with a reason. A priority outside of the three numbers below stays as staff gave it.",
        section=REQUESTS,
    ),
    Setting(LOW, SettingKind.NUMBER, 20, "Priority of “It can wait”", maximum=1000, section=REQUESTS),
    Setting(NORMAL, SettingKind.NUMBER, 50, "Priority of “Normal”", maximum=1000, section=REQUESTS),
    Setting(HIGH, SettingKind.NUMBER, 80, "Priority of “Work stands still”", maximum=1000, section=REQUESTS),
)
