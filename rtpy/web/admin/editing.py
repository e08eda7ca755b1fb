"""Forms of the administration: sections of fields, what is wrong with them, all drawn by admin/form.pt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyramid.request import Request

from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.shown import Link


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together, with a heading and a sentence of help."""

    title: str
    fields: tuple[Field, ...]
    help: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A way to send the form: `deed`=`value`; `tone` is primary, danger, quiet or empty."""

    label: str
    value: str
    tone: str = ""


SAVE = Button("Save", "save", "primary")


def beside(fields: Iterable[Field], wrong: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields, each with the sentence that is about it."""
    return tuple(replace(each, error=wrong.get(each.name, each.error)) for each in fields)


def at_the_top(
    request: Request, fields: Iterable[Field], wrong: Mapping[str, str]
) -> list[tuple[str | None, str]]:
    """All sentences, with the id of the field where it is shown. With any the answer is a 422."""
    if wrong:
        request.response.status_int = 422
    ids = {each.name: each.id for each in fields}
    return [(ids.get(name), sentence) for name, sentence in wrong.items()]


def form_values(
    request: Request,
    *,
    title: str,
    post_url: str,
    sections: Sequence[Section],
    problems: Mapping[str, str] | None = None,
    intro: str = "",
    crumbs: Iterable[Link] = (),
    tabs: Sequence[Link] = (),
    buttons: Sequence[Button] = (SAVE,),
    aside: Html | None = None,
    links: Sequence[Link] = (),
) -> dict[str, object]:
    """The values of admin/form.pt; each problem stands beside its field and in the list at the top.

    `links` lead to other pages about it, beside the title.
    """
    wrong = dict(problems or {})
    shown = tuple(replace(section, fields=beside(section.fields, wrong)) for section in sections)
    return {
        "crumbs": admin_crumbs(request, *crumbs),
        "title": title,
        "intro": intro,
        "sections": shown,
        "problems": at_the_top(request, [each for section in shown for each in section.fields], wrong),
        "post_url": post_url,
        "tabs": tuple(tabs),
        "links": tuple(links),
        "buttons": tuple(buttons),
        "aside_html": aside,
        "has_files": any(each.kind == "file" for section in shown for each in section.fields),
    }
