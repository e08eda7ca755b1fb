"""The firm's words of welcome on the first page."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy_portal.looks.theme import words_of
from rtpy_portal.web.frame import language_of


def show_welcome(request: Request, _: object) -> Mapping[str, Any] | None:
    """None where nothing is said. No query as a rule."""
    words = words_of(request.app, request.db, "welcome", language_of(request))
    return {"paragraphs": words} if words else None
