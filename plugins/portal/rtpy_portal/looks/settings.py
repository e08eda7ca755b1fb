"""What administrators set about the portal's looks."""

from rtpy.config.setting import Setting, SettingKind
from rtpy_portal.looks.contrast import DARK, ENOUGH, LIGHT, Mode, lacking, nearest, read_colour, write_colour
from rtpy_portal.words import languages

LOOKS = "Looks"
NAMES = {"en": "English", "de": "German"}
"""Of languages, for staff."""


def language_name(code: str) -> str:
    """`German`; the code where we have no name."""
    return NAMES.get(code, code)


def _check_accent(mode: Mode, text: str) -> str:
    if not text:
        return ""
    colour = read_colour(text)
    if colour is None:
        return "Write a colour as six digits, such as #0b676f."
    lacks = lacking(colour, mode)
    if lacks is None:
        return ""
    where, has = lacks
    return (
        f"{text} is hard to read {where} in {mode.name} mode: its contrast is {has:.1f}:1 and must be {ENOUGH}:1. "
        f"The nearest colour that passes is {write_colour(nearest(colour, mode))}."
    )


def _check_colour(text: str) -> str:
    return "Write a colour as six digits, such as #16343a." if text and read_colour(text) is None else ""


def _check_link(text: str) -> str:
    is_good = text.startswith(("https://", "http://")) or (
        text.startswith("/") and text[1:2] not in ("/", "\\")
    )
    return "Write a whole address, beginning with https://." if text and not is_good else ""


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "portal.name",
        SettingKind.TEXT,
        "",
        "Name of the portal",
        "It stands at the top of every page for customers. Empty: the name of this site.",
        section=LOOKS,
        longest=60,
    ),
    Setting(
        "portal.accent",
        SettingKind.TEXT,
        "",
        "Colour of links and buttons",
        "Such as #0b676f. It must be read well on light ground. Empty: our own.",
        section=LOOKS,
        check=lambda text: _check_accent(LIGHT, text),
    ),
    Setting(
        "portal.accent_dark",
        SettingKind.TEXT,
        "",
        "The same in dark mode",
        "Empty: the colour above, lightened as far as needed.",
        section=LOOKS,
        check=lambda text: _check_accent(DARK, text),
    ),
    Setting(
        "portal.bar",
        SettingKind.TEXT,
        "",
        "Colour of the bar at the top",
        "Any colour: what stands on it becomes white or black by itself. Empty: that of the page.",
        section=LOOKS,
        check=_check_colour,
    ),
    *(
        Setting(
            f"portal.welcome_{code}",
            SettingKind.LONG_TEXT,
            "",
            f"Words of welcome, {language_name(code)}",
            "On the first page. An empty line begins a new paragraph.",
            section=LOOKS,
            longest=2000,
        )
        for code in languages()
    ),
    *(
        Setting(
            f"portal.footer_{code}",
            SettingKind.LONG_TEXT,
            "",
            f"Words at the bottom, {language_name(code)}",
            "On every page, such as your address and the hours of your telephone.",
            section=LOOKS,
            longest=1000,
        )
        for code in languages()
    ),
    Setting(
        "portal.imprint",
        SettingKind.TEXT,
        "",
        "Address of your imprint",
        "The link stands at the bottom of every page.",
        section=LOOKS,
        longest=500,
        check=_check_link,
    ),
    Setting(
        "portal.privacy",
        SettingKind.TEXT,
        "",
        "Address of your privacy notice",
        "The link stands at the bottom of every page.",
        section=LOOKS,
        longest=500,
        check=_check_link,
    ),
)
