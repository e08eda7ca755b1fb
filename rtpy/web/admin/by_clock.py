"""What pages about schedules and recurring tickets share: the page itself, weekdays, time of day, zone, moments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TypeVar
from zoneinfo import ZoneInfo

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.content.recurring import WEEKDAYS
from rtpy.http.resources import SystemResource
from rtpy.models import Queue, Recurrence, Schedule
from rtpy.web.admin.editing import Button, Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of

Row = TypeVar("Row", Schedule, Recurrence)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one kind of thing: the beginning of their routes, the title of the list, that of a new one."""

    route: str
    title: str
    new: str

    def form(
        self,
        request: Request,
        row: Schedule | Recurrence | None,
        sections: Sequence[Section],
        buttons: Sequence[Button],
        cards: Sequence[str],
        wrong: Mapping[str, str] | None,
    ) -> dict[str, object]:
        """The values of admin/form.pt for `row`, None for a new one, with `cards` (HTML) beside it."""
        path = request.route_path
        return form_values(
            request,
            title=row.name if row is not None else self.new,
            post_url=path(f"{self.route}.modify", id=row.id)
            if row is not None
            else path(f"{self.route}.create"),
            sections=sections,
            problems=wrong,
            crumbs=(Link(self.title, path(f"{self.route}.list")),),
            buttons=buttons,
            aside=Html("".join(cards)) if cards else None,
        )


def row_asked(request: Request, model: type[Row]) -> Row | None:
    """The one whose number the address says; None for a new one. Raises HTTPNotFound."""
    if "id" not in request.matchdict:
        return None
    row: Row | None = request.db.get(model, int(request.matchdict["id"]))
    if row is None:
        raise HTTPNotFound()
    return row


def posted(request: Request) -> dict[str, str]:
    """The texts of the form; ticked weekdays as one field."""
    given = texts_of(request)
    ticked = [str(number) for number in range(7) if given.get(f"weekday_{number}") == "1"]
    return {**given, "weekdays": ",".join(ticked)}


def weekday_fields(values: Mapping[str, str]) -> tuple[Field, ...]:
    """A box for each day of the week."""
    ticked = values.get("weekdays", "").split(",")
    return tuple(
        Field(f"weekday_{number}", name, kind="checkbox", checked=str(number) in ticked)
        for number, name in enumerate(WEEKDAYS)
    )


def time_fields(request: Request, values: Mapping[str, str]) -> tuple[Field, ...]:
    """Time of day and zone; the zone of the reader for something new."""
    zone = values.get("zone", "") or str(getattr(request.zone, "key", "UTC"))
    return (
        Field("at", "Time of day", values.get("at", "") or "09:00", "time", required=True),
        Field(
            "zone",
            "Time zone",
            zone,
            required=True,
            hint="Such as Europe/Vienna: summer time is minded.",
            autocomplete="off",
        ),
    )


def select(
    name: str,
    label: str,
    options: Iterable[tuple[str, str]],
    chosen: str,
    *,
    hint: str = "",
    required: bool = True,
) -> Field:
    """A select of values with their labels."""
    made = tuple(Option(value, text, value == chosen) for value, text in options)
    return Field(name, label, kind="select", options=made, hint=hint, required=required)


def queue_options(resource: SystemResource) -> list[tuple[str, str]]:
    """All queues that are not closed, by name."""
    db = resource.request.db
    rows = db.query(Queue.name).filter(Queue.disabled.is_(False)).order_by(Queue.name)
    return [(name, name) for (name,) in rows]


def card(title: str, items: Sequence[str], empty: str = "", note: str = "") -> str:
    """A box beside the form: `items` are HTML."""
    body = f'<ul class="list">{"".join(f"<li>{item}</li>" for item in items)}</ul>' if items else ""
    if not items:
        body = f'<p class="card-body muted">{escape(empty)}</p>'
    more = f'<p class="card-body muted">{escape(note)}</p>' if note else ""
    return f'<section class="card"><header class="card-head"><h2>{escape(title)}</h2></header>{body}{more}</section>'


def moments_card(moments: Sequence[datetime], zone: str) -> str:
    """The next moments by the clock of the zone."""
    shown = [f"{at.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M %Z}" for at in moments]
    return card("The next times", [escape(each) for each in shown], "There is no further time.")
