"""The settings of one plugin: a form made of what the plugin declares."""

from collections.abc import Mapping
from dataclasses import replace

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.plugin_settings import read_settings, save_settings
from rtpy.config.setting import Setting, SettingKind, SettingValue
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.plugin_settings import settings_of_plugin
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of

ROUTE = "admin.plugin.settings"


@view_config(route_name=ROUTE, request_method="GET", renderer="admin/form.pt", permission=Right.SUPER_USER)
def settings_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """What is set now."""
    plugin = _plugin(request)
    values = settings_of_plugin(request.app, request.db, plugin)
    return _form(request, plugin, {name: as_text(value) for name, value in values.items()})


@view_config(route_name=ROUTE, request_method="POST", renderer="admin/form.pt", permission=Right.SUPER_USER)
def settings_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Set it."""
    plugin, given = _plugin(request), texts_of(request)
    try:
        save_settings(request.work, plugin, read_settings(request.work, plugin, given))
    except Invalid as invalid:
        return _form(request, plugin, given, problems_of(invalid))
    request.flash(f"The settings of {plugin} are saved.")
    return HTTPSeeOther(request.route_path(ROUTE, plugin=plugin))


def as_text(value: SettingValue) -> str:
    """As the form has it."""
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)


def _plugin(request: Request) -> str:
    plugin: str = request.matchdict["plugin"]
    if not any(declared.plugin == plugin for declared in request.app.settings.values()):
        raise HTTPNotFound()
    return plugin


def _form(
    request: Request, plugin: str, given: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> dict[str, object]:
    by_title: dict[str, list[Field]] = {}
    for declared in request.app.settings.values():
        if declared.plugin == plugin:
            said = _said(request, declared)
            fields = by_title.setdefault(said.section or "Settings", [])
            fields.append(_field(said, given.get(declared.name, "")))
    return form_values(
        request,
        title=f"Settings of {plugin}",
        intro="They count at once, everywhere. Settings that the server needs before its database stand in rtpy.toml.",
        post_url=request.route_path(ROUTE, plugin=plugin),
        sections=[Section(title, tuple(fields)) for title, fields in by_title.items()],
        problems=wrong,
        crumbs=(Link("Plugins", request.route_path("admin.plugin.list")),),
    )


def _said(request: Request, declared: Setting) -> Setting:
    """The setting in the reader's language, as far as its plugin speaks it."""

    def say(text: str) -> str:
        said: str = request.translate(text, domain=declared.plugin)
        return said

    return replace(
        declared,
        label=say(declared.label),
        help=say(declared.help),
        section=say(declared.section),
        choices=tuple((value, say(text)) for value, text in declared.choices),
    )


def _field(declared: Setting, given: str) -> Field:
    name, label, hint = declared.name, declared.label, declared.help
    match declared.kind:
        case SettingKind.SWITCH:
            return Field(name, label, kind="checkbox", checked=given == "1", hint=hint)
        case SettingKind.CHOICE:
            options = tuple(Option(value, text, value == given) for value, text in declared.choices)
            return Field(name, label, given, "select", hint=hint, options=options, required=True)
        case SettingKind.NUMBER:
            bounds = _bounds(declared)
            return Field(name, label, given, "number", hint=f"{hint} {bounds}".strip(), required=True)
        case SettingKind.LONG_TEXT:
            return Field(name, label, given, "textarea", hint=hint, required=_is_needed(declared))
        case _:
            return Field(name, label, given, hint=hint, required=_is_needed(declared), autocomplete="off")


def _is_needed(declared: Setting) -> bool:
    return declared.check is not None and bool(declared.check(""))


def _bounds(declared: Setting) -> str:
    if declared.maximum is None:
        return f"{declared.minimum} or more." if declared.minimum else ""
    return f"From {declared.minimum} to {declared.maximum}."
