"""Every view names a permission, also the public ones."""

from typing import Any

from pyramid.config import Configurator

from rtpy.config import Config
from rtpy.wsgi import make_app


def test_every_view_names_a_permission(tmp_path):
    registry = make_app(Config.for_tests(tmp_path)).registry
    views = our_views(registry.introspector)
    assert len(views) > 10
    assert [str(view["introspectable"]["callable"]) for view in views if not names_permission(view)] == []


def test_the_rule_finds_a_view_without_one():
    config = Configurator()
    config.add_route("bare", "/bare")
    config.add_view(lambda request: request.response, route_name="bare")
    config.commit()
    views = our_views(config.introspector)
    assert [names_permission(view) for view in views] == [False]


def our_views(introspector: Any) -> list[dict]:
    """All views but those that Pyramid itself brings for its exceptions."""
    views = introspector.get_category("views")
    return [
        view for view in views if not view["introspectable"]["callable"].__module__.startswith("pyramid.")
    ]


def names_permission(view: dict) -> bool:
    return any(other.category_name == "permissions" for other in view["related"])
