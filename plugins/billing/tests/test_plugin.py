"""The plugin is loaded, and its tables are made and taken away without a trace."""

from rtpy.migrations.comparing import differences
from rtpy.migrations.lines import CORE
from rtpy.migrations.run import is_current


def test_the_app_lists_the_plugin_and_the_database_has_its_tables(app, connection):
    assert [line.name for line in app.lines] == ["billing"]
    assert is_current(connection, app.lines)


def test_the_migrations_make_what_the_models_say(app, connection):
    (line,) = app.lines
    assert differences(connection, line) == []
    assert differences(connection, CORE) == []


def test_the_style_guide_asks_no_panel_of_a_ticket_that_there_is_not(root, caplog):
    page = root.get("/admin/styleguide")
    assert "A plugin failed here" not in page
    assert "the panel" not in caplog.text
