"""The page on which the portal's looks are set."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.config.setting import SettingKind
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.plugin_settings import setting
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import files_of, problems_of, texts_of
from rtpy_portal.looks.saving import save_looks
from rtpy_portal.looks.settings import SETTINGS
from rtpy_portal.looks.theme import theme_of
from rtpy_portal.rights import ADMIN_PORTAL

SECTIONS = (
    ("Name and colours", ("name", "accent", "accent_dark", "bar"), ""),
    (
        "Words",
        ("welcome", "footer"),
        "Plain text. Where a language has none, customers read the English ones.",
    ),
    ("Links", ("imprint", "privacy"), ""),
)


@view_config(
    route_name="portal.looks.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_PORTAL,
)
def show_looks(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values."""
    values = {each.name: str(setting(request.app, request.db, each.name)) for each in SETTINGS}
    return _form(request, values)


@view_config(
    route_name="portal.looks.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_PORTAL,
)
def change_looks(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save them."""
    given = texts_of(request)
    logo = next((part.data for part in files_of(request, "logo")), None)
    try:
        save_looks(request.work, given, logo=logo, removes_logo=given.get("no_logo") == "1")
    except Invalid as invalid:
        return _form(request, given, problems_of(invalid))
    request.flash("The looks are saved.")
    return HTTPSeeOther(request.route_path("portal.looks.modify"))


def _form(
    request: Request, values: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    sections = []
    for title, names, help_ in SECTIONS:
        fields = tuple(
            Field(
                each.name,
                each.label,
                values.get(each.name, ""),
                "textarea" if each.kind is SettingKind.LONG_TEXT else "text",
                hint=each.help,
                rows=4,
            )
            for each in SETTINGS
            if each.key.startswith(names)
        )
        sections.append(Section(title, fields, help_))
    sections.insert(1, Section("Logo", tuple(_logo_fields(request))))
    return form_values(
        request,
        title="Looks of the portal",
        intro="What customers see on every page of the portal. It holds at once.",
        post_url=request.route_path("portal.looks.modify"),
        sections=sections,
        problems=problems,
        links=(Link("Open the portal", request.route_path("portal.start")),),
    )


def _logo_fields(request: Request) -> list[Field]:
    hint = "PNG or JPEG, at most 512 KB. It is shown 40 pixels high, beside the name."
    fields = [Field("logo", "New logo", kind="file", hint=hint)]
    if theme_of(request.app, request.db).logo_digest:
        fields.append(Field("no_logo", "Take the present logo away", kind="checkbox"))
    return fields
