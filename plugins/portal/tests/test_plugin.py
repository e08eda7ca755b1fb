"""The plugin is loaded, and its tables are made and taken away without a trace."""

from rtpy.migrations.comparing import differences
from rtpy.migrations.lines import CORE
from rtpy.migrations.run import is_current


def test_the_app_lists_the_plugin_and_the_database_has_its_tables(app, connection):
    assert [line.name for line in app.lines] == ["portal"]
    assert is_current(connection, app.lines)


def test_the_migrations_make_what_the_models_say(app, connection):
    (line,) = app.lines
    assert differences(connection, line) == []
    assert differences(connection, CORE) == []
