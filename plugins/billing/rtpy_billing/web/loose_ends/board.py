"""Everything that is about to fall through, on one page."""

from dataclasses import dataclass
from datetime import date

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.http.security import STAFF
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of
from rtpy_billing.loose_ends.board import BoardPart, BoardRow, read_board, read_dismissed, read_trend
from rtpy_billing.loose_ends.dismissing import dismiss, take_back
from rtpy_billing.loose_ends.kinds import BY_NAME
from rtpy_billing.loose_ends.looking import look
from rtpy_billing.loose_ends.values import End
from rtpy_billing.money import shown
from rtpy_billing.rights import SEE_LOOSE_ENDS, SEE_MONEY
from rtpy_billing.web.loose_ends.addresses import address_of
from rtpy_billing.web.loose_ends.header import forget_number

ENDS = ((End.ANSWER, "At the end of the answer"), (End.BILL, "At the end of the bill"))


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One line of the board."""

    id: int
    title: str
    detail: str
    owner: str | None
    owner_url: str | None
    since: Html
    amount: str
    url: str | None


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One kind."""

    name: str
    title: str
    help: str
    action: str
    number: int
    rows: tuple[ShownRow, ...]
    all_url: str | None


@view_config(
    route_name="billing.loose_ends.board",
    request_method="GET",
    renderer="billing/loose_ends/board.pt",
    permission=STAFF,
)
def show_board(request: Request) -> dict[str, object]:
    """The board; `?mine=1` shows the reader's own only, `?kind=` one kind with more of its rows."""
    return _page(request)


@view_config(
    route_name="billing.loose_ends.board",
    request_method="POST",
    renderer="billing/loose_ends/board.pt",
    permission=STAFF,
)
def change_board(request: Request) -> dict[str, object] | Response:
    """Look again; say that something is not a problem; take that back."""
    given, here = texts_of(request), request.path_qs
    try:
        if given.get("deed") == "look":
            look(request.work)
        elif given.get("deed") == "take_back":
            take_back(request.work, _number(given.get("dismissal", "")))
            request.flash("It counts again.")
        else:
            until = given.get("until", "").strip()
            dismiss(
                request.work,
                _number(given.get("loose_end", "")),
                given.get("reason", ""),
                _day(until) if until else None,
            )
            request.flash("It no longer counts. The reason is kept below.")
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(request, given, str(invalid))
    except NotFound as gone:
        request.flash(str(gone), "info")
    except Refused as refused:
        request.response.status_int = 403
        return _page(request, given, str(refused))
    forget_number(request)
    return HTTPSeeOther(here)


def _page(request: Request, given: dict[str, str] | None = None, error: str = "") -> dict[str, object]:
    work, path = request.work, request.route_path
    sees_all = work.rights.system(SEE_LOOSE_ENDS)
    mine = request.GET.get("mine") == "1" or not sees_all
    kind = request.GET.get("kind", "")
    kind = kind if kind in BY_NAME else ""
    parts = read_board(work, mine=mine, kind=kind)
    board = "billing.loose_ends.board"
    return {
        "crumbs": (
            Link("Home", path("home")),
            *((Link("Loose ends", path(board)),) if kind else ()),
        ),
        "title": BY_NAME[kind].title if kind else "Loose ends",
        "ends": [
            (title, [_part(request, part, mine, kind) for part in parts if part.kind.end is end])
            for end, title in ENDS
        ],
        "total": sum(part.number for part in parts),
        "mine": mine,
        "kind": kind,
        "all_url": path(board) if sees_all and mine else None,
        "mine_url": path(board, _query={"mine": "1"}) if sees_all and not mine else None,
        "dismissed": [
            (each.id, each.kind.title, each.reason, each.by, request.when(each.at), each.until)
            for each in read_dismissed(work)
        ]
        if not kind
        else [],
        "trend": read_trend(work) if sees_all and not kind else [],
        "given": given or {},
        "error": error,
        "today": work.now.date().isoformat(),
    }


def _part(request: Request, part: BoardPart, mine: bool, kind: str) -> ShownPart:
    query = {"kind": part.kind.name, **({"mine": "1"} if mine else {})}
    more = len(part.rows) < part.number and not kind
    return ShownPart(
        part.kind.name,
        part.kind.title,
        part.kind.help,
        part.kind.action,
        part.number,
        tuple(_row(request, row) for row in part.rows),
        request.route_path("billing.loose_ends.board", _query=query) if more else None,
    )


def _row(request: Request, row: BoardRow) -> ShownRow:
    path, sees_money = request.route_path, request.work.rights.system(SEE_MONEY)
    if row.ticket_id is not None:
        title = f"#{row.ticket_id} {row.subject or '(not yours to see)'}"
    elif row.organization:
        title = row.organization
    else:
        title = row.owner or row.detail or row.kind.title
    detail = [row.organization] if row.organization and title != row.organization else []
    if row.detail and row.detail != title:
        detail.append(row.detail)
    if row.number and row.kind.name != "low_water":
        one, many = ("day", "days") if row.kind.name == "short_day" else ("entry", "entries")
        detail.append(f"{row.number} {one if row.number == 1 else many}")
    return ShownRow(
        row.id,
        title,
        " · ".join(detail),
        row.owner,
        path("people.display", id=row.owner_id) if row.owner_id else None,
        request.when(row.since),
        shown(row.amount, row.currency) if row.amount is not None and sees_money else "",
        address_of(request, row),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(Problem("until", f"“{text[:40]}” is not a day: write it as 2026-03-31.")) from None
