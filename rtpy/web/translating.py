"""Texts of plugins in the language of who reads them."""

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request

from rtpy.app import App
from rtpy.i18n import Catalogs, Translate
from rtpy.plugins import folder_of, listed_of

ENGLISH = "en"


def includeme(config: Configurator) -> None:
    """`request.translate(text, domain="budget", mapping={…})`, and the same for `i18n:` in templates.

    `request.label(text)` is for what plugins declare without saying whose it is: menus, pages, rights.
    """
    app: App = config.registry["rtpy.app"]
    found = {name: folder_of(app.plugins, name, "locale") for name in listed_of(app.plugins)}
    config.registry["rtpy.catalogs"] = Catalogs({name: folder for name, folder in found.items() if folder})
    config.add_request_method(_translate, "translate", reify=True)
    config.add_request_method(_label, "label", reify=True)


def language_of(request: Request, catalogs: Catalogs) -> str:
    """What who is logged in has chosen, English without a choice; of others what their browser asks for."""
    login = getattr(request, "login", None)
    if login is not None:
        return login.lang or ENGLISH
    offered = sorted({code for name in listed_of(request.app.plugins) for code in catalogs.languages(name)})
    found: str = request.accept_language.lookup([*offered, ENGLISH], default=ENGLISH)
    return found


def _translate(request: Request) -> Translate:
    catalogs: Catalogs = request.registry["rtpy.catalogs"]
    if not catalogs:
        return catalogs.into(ENGLISH)
    made: list[Translate] = []

    def translate(text: str, **more: Any) -> str:
        if not made:  # not before: a page that says that the database is away must not ask who is logged in
            made.append(catalogs.into(language_of(request, catalogs)))
        return made[0](text, **more)

    return translate


def _label(request: Request) -> Callable[[str], str]:
    catalogs: Catalogs = request.registry["rtpy.catalogs"]
    language = language_of(request, catalogs) if catalogs else ENGLISH
    if language == ENGLISH:
        return lambda text: text
    return lambda text: catalogs.label(text, language)
