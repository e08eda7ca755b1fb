"""What the pages about tokens share: the list, the form for another one, and what is read from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyramid.request import Request

from rtpy.errors import Invalid, Problem, Refused
from rtpy.identity.accounts import TooManyGuesses, confirm_password
from rtpy.identity.issuing import USUAL_DAYS, TokenLine, issue_token, longest_days, may_issue, tokens_of
from rtpy.identity.scopes import Level, Scope
from rtpy.models import User
from rtpy.web.forms import Field, Option
from rtpy.web.menu import queues_seen
from rtpy.web.shown import Link
from rtpy.web.staff.forms import numbers_named, problems_of, texts_of

LEVELS = {
    Level.READ: "Read only",
    Level.WRITE: "Read and change tickets, assets and articles",
    Level.ADMIN: "Everything, the set-up too",
}
DAYS = {30: "in 30 days", 90: "in 90 days", 365: "in a year", 730: "in two years"}
NEVER = "never"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token in words."""

    id: int
    name: str
    may: str
    queues: str
    made: str
    ends: str
    is_over: bool
    used: str
    peer: str


@dataclass(frozen=True, slots=True)
class Made:
    """A token that was just made: its text is in this answer and never again."""

    name: str
    text: str


def make_token(request: Request, user: User) -> tuple[Made | None, dict[str, str]]:
    """Read the form and make the token; what is wrong by field when it is not made, with the status of the answer.

    It returns and does not raise, so that the count of wrong passwords stays.
    """
    work, given = request.work, texts_of(request)
    level, days = given.get("scope", ""), given.get("days", "")
    queues = numbers_named(request, "queues")
    scope = Scope(Level(level) if level in LEVELS else Level.READ, queues or None)
    problems = [] if level in LEVELS else [Problem("scope", "Say what the token may do.")]
    if days != NEVER and not (days.isascii() and days.isdigit() and len(days) < 6):
        problems.append(Problem("days", "Say when the token ends."))
    try:
        if problems:
            raise Invalid(*problems)
        if not may_issue(work, user.id):
            raise Refused("You may not make tokens: the right ManageAuthTokens is needed.")
        confirm_password(work, given.get("password", ""), field="password")
        with work.db.begin_nested():
            name = given.get("name", "")
            text, row = issue_token(work, user, name, scope, None if days == NEVER else int(days))
    except TooManyGuesses as many:
        request.response.headers["Retry-After"] = str(many.wait)
        request.response.status_int = 429
        return None, {"": str(many)}
    except Invalid as invalid:
        request.response.status_int = 422
        return None, dict(problems_of(invalid))
    except Refused as refused:
        request.response.status_int = 422
        return None, {"": str(refused)}
    return Made(row.name, text), {}


def token_values(
    request: Request,
    user: User,
    *,
    title: str,
    here_url: str,
    intro: str,
    made: Made | None = None,
    problems: Mapping[str, str] | None = None,
    crumbs: Sequence[Link] = (),
    tabs: Sequence[Link] = (),
) -> dict[str, object]:
    """The values of staff/people/tokens.pt, without feeds."""
    wrong = problems or {}
    given = texts_of(request) if request.method == "POST" and wrong else {}
    fields = _fields(request, given, wrong) if may_issue(request.work, user.id) else ()
    return {
        "title": title,
        "crumbs": tuple(crumbs),
        "tabs": tuple(tabs),
        "intro": intro,
        "here_url": here_url,
        "made": made,
        "rows": [_row(request, line) for line in tokens_of(request.db, user.id, request.work.now)],
        "fields": fields,
        "problems": [(f"field-{name}" if name else None, sentence) for name, sentence in wrong.items()],
        "feeds": None,
    }


def _row(request: Request, line: TokenLine) -> TokenRow:
    used = request.when(line.last_used) if line.last_used else NEVER
    may = LEVELS[line.level] if line.queues is None or line.level is Level.READ else "Read and change tickets"
    return TokenRow(
        line.id,
        line.name,
        may,
        ", ".join(line.queues) if line.queues is not None else "all",
        request.when(line.created),
        request.when(line.expires) if line.expires else NEVER,
        line.is_over,
        used,
        line.last_peer,
    )


def _fields(request: Request, given: Mapping[str, str], wrong: Mapping[str, str]) -> tuple[Field, ...]:
    level, days = given.get("scope", ""), given.get("days", str(USUAL_DAYS))
    chosen = numbers_named(request, "queues") if given else frozenset()
    fields = [
        Field(
            "name",
            "Name",
            given.get("name", ""),
            hint="What will use it, such as: monitoring of the mail servers.",
            error=wrong.get("name", ""),
            required=True,
        ),
        Field(
            "scope",
            "It may",
            kind="select",
            hint="Never more than the account itself may. Take the least that will do.",
            error=wrong.get("scope", ""),
            required=True,
            options=tuple(Option(str(each), label, each == level) for each, label in LEVELS.items()),
        ),
        Field(
            "queues",
            "Only in these queues",
            kind="select",
            hint="Choose none for all of them. With some it sees their tickets and nothing else.",
            error=wrong.get("queues", ""),
            multiple=True,
            options=tuple(
                Option(str(number), name, number in chosen) for number, name in queues_seen(request)
            ),
        ),
        Field(
            "days",
            "It ends",
            kind="select",
            error=wrong.get("days", ""),
            required=True,
            options=tuple(Option(value, label, value == days) for value, label in _ends(request)),
        ),
    ]
    me = request.db.get_one(User, request.login.user_id)
    if me.password_hash is not None:
        fields.append(
            Field(
                "password",
                "Your password",
                kind="password",
                error=wrong.get("password", ""),
                required=True,
                autocomplete="current-password",
            )
        )
    return tuple(fields)


def _ends(request: Request) -> list[tuple[str, str]]:
    longest = longest_days(request.work)
    found = [(str(days), label) for days, label in DAYS.items() if longest is None or days <= longest]
    if longest is None:
        found.append((NEVER, NEVER))
    elif longest not in DAYS:
        found.append((str(longest), f"in {longest} days"))
    return found
