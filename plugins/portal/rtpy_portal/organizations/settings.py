"""What administrators set about people of organisations."""

from rtpy.config.setting import Setting, SettingKind
from rtpy_portal.access.grades import Grade
from rtpy_portal.access.members import USUAL_COPIES, USUAL_GRADE

PEOPLE = "People of organisations"

GRADES: tuple[tuple[str, str], ...] = (
    (Grade.OWN, "What they asked for"),
    (Grade.COPIES, "What they asked for or get copies of"),
    (Grade.SITE, "Everything of their site, but what is private"),
    (Grade.NOT_PRIVATE, "Everything of the organisation, but what is private"),
    (Grade.ALL, "Everything of the organisation"),
)
"""Values with their words for staff."""

SETTINGS: tuple[Setting, ...] = (
    Setting(
        USUAL_GRADE,
        SettingKind.CHOICE,
        Grade.COPIES.value,
        "What people of an organisation see",
        "As long as nobody has said anything else of a person. It holds for all who belong to an organisation, be "
        "it by membership or by mail domain.",
        choices=tuple((str(value), label) for value, label in GRADES),
        section=PEOPLE,
    ),
    Setting(
        USUAL_COPIES,
        SettingKind.SWITCH,
        True,
        "Let them add colleagues to their requests",
        "As long as nobody has said anything else of a person. Colleagues then get copies, and read the request.",
        section=PEOPLE,
    ),
)
