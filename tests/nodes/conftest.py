"""Browsers for the tests of several nodes, and further nodes over one database."""

import pytest

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.testing.browsers import browser, enter, root, wsgi

__all__ = ["browser", "enter", "node_of", "root", "wsgi"]


@pytest.fixture
def node_of(committed_app):
    """Makes further apps over the database of `committed_app`: `node_of(clock)`."""
    made = []

    def build(clock=None):
        app = App(committed_app.config, blobs=DatabaseStore(), clock=clock)
        made.append(app)
        return app

    yield build
    for app in made:
        app.engine.dispose()
