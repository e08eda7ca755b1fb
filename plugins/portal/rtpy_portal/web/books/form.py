"""The form of a page: what it says, where it stands, for whom, who looks at it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pyramid.request import Request
from sqlalchemy import select

from rtpy.errors import Invalid, Problem
from rtpy.models import Group, GroupMember, Organization, User
from rtpy.models.group import PRIVILEGED
from rtpy.web.admin.editing import at_the_top, beside
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, texts_named, texts_of
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.writing import PageValues
from rtpy_portal.models import Book, Chapter
from rtpy_portal.web.books.said import AUDIENCES, language_name
from rtpy_portal.words import languages

FORMATS = {"text": "Text with light marks", "html": "HTML"}


@dataclass(frozen=True, slots=True)
class PageForm:
    """What differs between the form of a new page and that of one that is there."""

    title: str
    crumbs: Sequence[Link]
    post_url: str
    hidden: Mapping[str, str]
    may_place: bool = True
    note: str = ""
    original: Link | None = None
    may_say_original: bool = False


def read_values(request: Request) -> PageValues:
    """What was typed; no day where it is none (`check_day`)."""
    given = texts_of(request)
    organizations = (number_in(each) for each in texts_named(request, "organizations"))
    return PageValues(
        title=given.get("title", ""),
        chapter_id=number_in(given.get("chapter", "")) or 0,
        summary=given.get("summary", ""),
        content=given.get("content", ""),
        format=given.get("format", "text"),
        audience=next((each for each in Audience if each == given.get("audience")), Audience.STAFF),
        organization_ids=frozenset(each for each in organizations if each is not None),
        owner_id=number_in(given.get("owner", "")),
        review_by=_day(given.get("review_by", "")),
        lang=given.get("lang", ""),
    )


def page_form(
    request: Request, form: PageForm, values: PageValues, wrong: Mapping[str, str] | None = None
) -> Mapping[str, object]:
    """The values of portal/books/form.pt. Three queries beside the frame's."""
    said, about = _fields(request, form, values)
    wrong = wrong or {}
    return {
        "crumbs": tuple(form.crumbs),
        "title": form.title,
        "post_url": form.post_url,
        "hidden": tuple(form.hidden.items()),
        "note": form.note,
        "original": form.original,
        "said": beside(said, wrong),
        "about": beside(about, wrong),
        "problems": at_the_top(request, (*said, *about), wrong),
    }


def _fields(
    request: Request, form: PageForm, values: PageValues
) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    said = (
        Field("title", "Title", values.title, hint="As somebody would ask for it.", required=True),
        Field("summary", "In one sentence", values.summary, hint="It stands under the title in lists."),
        Field("content", "Text", values.content, "textarea", rows=22, required=True),
        _select(
            "format",
            "How the text is written",
            list(FORMATS.items()),
            values.format,
        ),
    )
    about: tuple[Field, ...] = ()
    if form.may_place:
        about = (
            _select("chapter", "Chapter", _chapters(request), str(values.chapter_id)),
            _select(
                "audience",
                "Who may read it",
                [(each.value, label) for each, label in AUDIENCES.items()],
                values.audience.value,
            ),
            Field(
                "organizations",
                "Which organisations",
                kind="select",
                multiple=True,
                hint="Only for “Certain organisations”. Hold Ctrl to choose several.",
                options=tuple(
                    Option(str(number), name, number in values.organization_ids)
                    for number, name in _organizations(request)
                ),
            ),
            _select("lang", "Language", [(code, language_name(code)) for code in languages()], values.lang),
        )
    about += (
        _select(
            "owner",
            "Who looks after it",
            [("", "nobody"), *((str(number), name) for number, name in _staff(request))],
            str(values.owner_id or ""),
        ),
        Field(
            "review_by",
            "Look at it again by",
            values.review_by.isoformat() if values.review_by else "",
            "date",
            "Then it stands on its owner’s first page.",
        ),
    )
    if form.may_say_original:
        about += (Field("says_original", "It says what the original says now", kind="checkbox"),)
    return said, about


def _select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> Field:
    return Field(
        name,
        label,
        kind="select",
        required=True,
        options=tuple(Option(value, text, value == chosen) for value, text in options),
    )


def _chapters(request: Request) -> list[tuple[str, str]]:
    rows = request.db.execute(
        select(Chapter.id, Book.name, Chapter.name)
        .join(Book, Book.id == Chapter.book_id)
        .order_by(Book.position, Book.name, Chapter.position, Chapter.id)
    )
    return [(str(number), f"{book} › {chapter}") for number, book, chapter in rows]


def _organizations(request: Request) -> list[tuple[int, str]]:
    rows = request.db.execute(
        select(Organization.id, Organization.name)
        .where(Organization.disabled.is_(False))
        .order_by(Organization.name)
    )
    return [(number, name) for number, name in rows]


def _staff(request: Request) -> list[tuple[int, str]]:
    rows = request.db.scalars(
        select(User)
        .join(GroupMember, GroupMember.member_id == User.id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.name == PRIVILEGED, Group.domain == "SystemInternal")
        .order_by(User.name)
    )
    return [(user.id, user.display_name) for user in rows]


def check_day(request: Request) -> None:
    """Raises Invalid when the day that was typed is none."""
    if texts_of(request).get("review_by", "").strip() and read_values(request).review_by is None:
        raise Invalid(Problem("review_by", "Write the day as 2026-12-31."))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
