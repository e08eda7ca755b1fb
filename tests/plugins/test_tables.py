"""Tables of plugins: a line of revisions each, names that say whose they are, and a core that never needs them."""

from types import SimpleNamespace

import pluggy
import pytest
from sqlalchemy import inspect, text

from rtpy.db.session import make_engine
from rtpy.errors import Invalid
from rtpy.migrations.comparing import differences
from rtpy.migrations.lines import CORE, Line, lines_of
from rtpy.migrations.run import (
    downgrade_connection,
    drop,
    is_current,
    revision_of,
    upgrade,
    upgrade_connection,
)

MAKES = '''"""Makes a table."""

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = {before}


def upgrade():
    op.create_table("{table}", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("{table}")
'''


@pytest.fixture
def write(tmp_path):
    """Writes a line of revisions that make these tables: `write("stock", "stock_items", "stock_shelves")`."""

    def make(name, *tables):
        versions = tmp_path / f"100% {name}" / "versions"
        versions.mkdir(parents=True)
        for number, table in enumerate(tables, 1):
            before = repr(f"{number - 1:04}") if number > 1 else None
            (versions / f"{number:04}.py").write_text(
                MAKES.format(number=f"{number:04}", before=before, table=table)
            )
        return Line(name, versions)

    return make


@pytest.fixture(scope="session")
def listed_plugins():
    """Without the sample: the plugins of this page are lines alone."""
    return ()


@pytest.fixture
def engine(new_database, tmp_path):
    """On a database of its own."""
    with new_database(tmp_path) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


def tables(connection):
    return {name for name in inspect(connection).get_table_names() if "stock" in name or "shop" in name}


def test_lines_of_plugins_come_after_the_core_and_go_without_a_trace(engine, write):
    stock, shop = write("stock", "stock_items", "stock_shelves"), write("shop", "shop_things")
    upgrade(engine, [stock, shop])
    with engine.connect() as connection:
        assert is_current(connection, [stock, shop])
        assert tables(connection) == {
            *("stock_items", "stock_shelves", "alembic_version_stock"),
            *("shop_things", "alembic_version_shop"),
        }
        assert differences(connection, CORE) == []
        downgrade_connection(connection, "0001", stock)
        assert (revision_of(connection, stock), is_current(connection, [stock])) == ("0001", False)
        assert is_current(connection, [shop])
        drop(connection, stock)
        drop(connection, shop)
        connection.commit()
        assert tables(connection) == set()
        assert is_current(connection)


def test_a_core_upgrades_on_without_the_package_of_a_plugin_whose_tables_it_keeps(engine, write):
    upgrade(engine, [write("stock", "stock_items")])
    with engine.connect() as connection:
        downgrade_connection(connection, "0020")
        upgrade_connection(connection)
        connection.commit()
        assert is_current(connection)
        assert "stock_items" in tables(connection)


@pytest.mark.parametrize("table", ["shelves_of_stock", "tickets_of_stock"])
def test_a_table_outside_the_plugins_name_is_refused_and_not_kept(engine, write, table):
    with pytest.raises(Invalid, match=f"Plugin stock makes the table {table}: it may touch only .* stock_"):
        upgrade(engine, [write("stock", "stock_items", table)])
    with engine.connect() as connection:
        assert is_current(connection)
        assert tables(connection) == set()


def test_the_longest_name_of_a_plugin_owns_a_table():
    stock, stock_eu = Line("stock", None), Line("stock_eu", None)
    names = ["stock", "stock_eu"]
    assert [line.owns("stock_eu_items", names) for line in (stock, stock_eu, CORE)] == [False, True, False]
    assert [line.owns("stock_items", names) for line in (stock, stock_eu, CORE)] == [True, False, False]
    assert [line.owns("tickets", names) for line in (stock, stock_eu, CORE)] == [False, False, True]
    assert not CORE.owns("alembic_version_stock")


def test_a_plugin_with_tables_cannot_have_a_name_that_tables_of_the_core_begin_with(tmp_path):
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    manager = pluggy.PluginManager("rtpy")
    manager.register(SimpleNamespace(__file__=str(tmp_path / "plugin.py")), name="custom")
    with pytest.raises(Invalid, match="rtpy's own custom_field_contents begins with it"):
        lines_of(manager)


def test_an_upgrade_that_fails_half_way_is_undone(engine, write):
    broken = write("stock", "stock_items", "stock_items")
    with pytest.raises(Exception, match="already exists"):
        upgrade(engine, [broken])
    with engine.connect() as connection:
        assert tables(connection) == set()
        assert connection.execute(text("SELECT count(*) FROM users")).scalar() > 0
