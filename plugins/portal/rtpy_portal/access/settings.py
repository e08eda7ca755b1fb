"""What administrators set about the ways in."""

from rtpy.config.setting import Setting, SettingKind

WAYS_IN = "Ways in"
KEYS_IN_MAILS = "portal.keys_in_mails"
KEY_DAYS = "portal.key_days"
LOGIN_LINKS = "portal.login_links"

SETTINGS: tuple[Setting, ...] = (
    Setting(
        KEYS_IN_MAILS,
        SettingKind.SWITCH,
        True,
        "Every mail to a customer carries their own link to the request",
        "The link opens this one request without an account: to read, answer, close and rate it.",
        section=WAYS_IN,
    ),
    Setting(
        KEY_DAYS,
        SettingKind.NUMBER,
        90,
        "Days for which such a link opens a request after it was closed",
        "While the request is open its links are good; when it is opened again they are good again.",
        minimum=1,
        maximum=3650,
        section=WAYS_IN,
    ),
    Setting(
        LOGIN_LINKS,
        SettingKind.SWITCH,
        True,
        "Customers may log in by a link that we mail to them",
        "It works once, for 15 minutes. Not for staff, and not for who logs in by their company's directory.",
        section=WAYS_IN,
    ),
)
