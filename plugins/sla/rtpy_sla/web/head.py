"""The style and script of service levels, in the head of every page."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request


def show_head(request: Request, _: object) -> Mapping[str, Any]:
    """Nothing that depends on the page."""
    return {}
