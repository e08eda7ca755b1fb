"""What administrators set about ratings."""

from rtpy.config.setting import Setting, SettingKind

RATINGS = "Ratings"
FOLLOWING = "After a bad rating"

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "portal.ratings_asking",
        SettingKind.SWITCH,
        True,
        "Ask how it went when a request is solved",
        "Customers can rate on the page of their request in any case.",
        section=RATINGS,
    ),
    Setting(
        "portal.ratings_delay",
        SettingKind.NUMBER,
        0,
        "Hours after which we ask",
        "0: the closing mail asks. Otherwise a mail of its own does, unless the request was opened again.",
        maximum=24 * 60,
        section=RATINGS,
    ),
    Setting(
        "portal.ratings_rest",
        SettingKind.NUMBER,
        7,
        "Days in which a person is asked once at most",
        "0: after every request.",
        maximum=365,
        section=RATINGS,
    ),
    Setting(
        "portal.ratings_percent",
        SettingKind.NUMBER,
        100,
        "Of a hundred solved requests, ask after so many",
        "Chosen by chance. A customer can have another number on the page of its organisation.",
        maximum=100,
        section=RATINGS,
    ),
    Setting(
        "portal.ratings_void",
        SettingKind.TEXT,
        "rejected, deleted, spam",
        "Never after these statuses",
        "Of the inactive ones, between commas: nothing was solved there, and nothing can be rated.",
        section=RATINGS,
    ),
    Setting(
        "portal.ratings_machines",
        SettingKind.LONG_TEXT,
        "",
        "Never ask these",
        "Accounts and mail addresses of machines, one a line, such as ups. They are not listed among people either.",
        section=RATINGS,
    ),
    Setting(
        "portal.ratings_change",
        SettingKind.NUMBER,
        7,
        "Days for which a rating can be changed",
        "Earlier values are kept.",
        maximum=365,
        section=RATINGS,
    ),
    Setting(
        "portal.ratings_people",
        SettingKind.SWITCH,
        False,
        "Show figures of each person to who may see ratings",
        "Only with everybody’s consent. Otherwise people see their own.",
        section=RATINGS,
    ),
    Setting(
        "portal.ratings_queue",
        SettingKind.TEXT,
        "",
        "Queue of the follow-up",
        "A bad rating makes a ticket there, linked to the request. Empty: a reminder on the request’s own ticket.",
        section=FOLLOWING,
    ),
    Setting(
        "portal.ratings_priority",
        SettingKind.NUMBER,
        50,
        "Priority of the follow-up",
        maximum=1_000_000,
        section=FOLLOWING,
    ),
    Setting(
        "portal.ratings_due",
        SettingKind.NUMBER,
        24,
        "Hours until the follow-up is due",
        maximum=24 * 60,
        section=FOLLOWING,
    ),
)


def words_in(text: str) -> frozenset[str]:
    """What stands in lines or between commas, in lower case."""
    return frozenset(filter(None, (each.strip().lower() for each in text.replace("\n", ",").split(","))))
