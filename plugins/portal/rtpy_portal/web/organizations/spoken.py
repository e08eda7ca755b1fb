"""What grades, switches and figures are called on pages of customers."""

from rtpy_portal.access.grades import Grade, Membership
from rtpy_portal.words import Say


def grade_words(grade: Grade, say: Say) -> str:
    """What somebody sees."""
    match grade:
        case Grade.OWN:
            return say("What they asked for")
        case Grade.COPIES:
            return say("What they asked for or get copies of")
        case Grade.SITE:
            return say("Everything of their site, except what is private")
        case Grade.NOT_PRIVATE:
            return say("Everything of the organisation, except what is private")
        case Grade.ALL:
            return say("Everything of the organisation")


def own_words(grade: Grade, say: Say) -> str:
    """What the reader sees."""
    match grade:
        case Grade.OWN:
            return say("You see the requests that you asked for.")
        case Grade.COPIES:
            return say("You see the requests that you asked for or get copies of.")
        case Grade.SITE:
            return say("You see the requests of your site, except what is private.")
        case Grade.NOT_PRIVATE:
            return say("You see the requests of everybody, except what is private.")
        case Grade.ALL:
            return say("You see the requests of everybody.")


def switch_labels(say: Say) -> dict[str, str]:
    """The label of each switch, in their order."""
    return {
        "may_raise": say("May ask for colleagues"),
        "may_copy": say("May add colleagues to requests"),
        "sees_money": say("Sees invoices, and what requests cost"),
        "sees_names": say("Sees who works for you"),
        "manages": say("Manages people: invites colleagues, and says what they see and may do"),
    }


def said_to_customers(member: Membership, say: Say) -> str:
    """Grade and switches of somebody in a line."""
    if member.is_off:
        return say("Closed for them")
    labels = switch_labels(say)
    return " · ".join(
        (
            grade_words(member.grade, say),
            *(label for name, label in labels.items() if getattr(member, name)),
        )
    )
