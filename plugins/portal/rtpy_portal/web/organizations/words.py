"""What grades and switches are called on pages of staff."""

from rtpy_portal.access.grades import Grade, Membership
from rtpy_portal.organizations.settings import GRADES

GRADE_WORDS = {Grade(value): label for value, label in GRADES}

SWITCH_WORDS = {
    "may_raise": (
        "They may ask for colleagues",
        "The request is the colleague’s, and they get copies of it.",
    ),
    "may_copy": ("They may add colleagues to requests", "Colleagues then get copies, and read the request."),
    "sees_money": (
        "They see money",
        "Invoices, statements, what is left, and what each request took and cost. These name the requests behind "
        "them, those of colleagues too.",
    ),
    "sees_names": ("They see who works for them", "Whatever the settings say of names."),
    "manages": (
        "They manage people",
        "They invite colleagues and say what these see and may do, up to what they see and may do themselves.",
    ),
}
"""Label and help of each."""

SHORT = {
    "may_raise": "asks for colleagues",
    "may_copy": "adds colleagues",
    "sees_money": "sees money",
    "sees_names": "sees names",
    "manages": "manages people",
}


def said_shortly(member: Membership) -> str:
    """Grade and switches in a line."""
    if member.is_off:
        return "Closed for them"
    switches = [words for name, words in SHORT.items() if getattr(member, name)]
    return " · ".join((GRADE_WORDS[member.grade], *switches))
