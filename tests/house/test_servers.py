"""The throwaway servers that other tests stand on."""

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from rtpy.testing.servers import chromium_path, missing_servers, throwaway_postgres, throwaway_slapd

absent = missing_servers()


def needs(package: str) -> pytest.MarkDecorator:
    """Skip with the reason where `package` is missing; on a machine of continuous integration run and fail."""
    here = package in absent and os.environ.get("CI") != "true"
    return pytest.mark.skipif(here, reason=absent.get(package, ""))


@needs("postgresql")
def test_postgresql_comes_up_below_any_folder_and_leaves_nothing_behind(tmp_path):
    with throwaway_postgres(tmp_path) as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            assert connection.scalar(text("select 6 * 7")) == 42
        engine.dispose()
    assert not Path(str(make_url(url).query["host"])).exists()


@needs("slapd")
def test_slapd_comes_up_with_its_entries(tmp_path):
    entry = (
        "dn: cn=Ann,dc=example,dc=com\nobjectClass: inetOrgPerson\ncn: Ann\nsn: Lee\nmail: ann@example.com\n"
    )
    with throwaway_slapd(tmp_path / "ldap", entry) as server:
        assert server.url.startswith("ldap://127.0.0.1:")


def test_a_library_that_the_driver_of_the_browser_lacks_is_named_with_its_package(monkeypatch):
    def no_library(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr("ctypes.CDLL", no_library)
    assert chromium_path() is None
    assert "tests in a browser do not run" in missing_servers()["libatomic1"]


@needs("libatomic1")
@needs("chromium")
def test_chromium_is_found():
    assert chromium_path() is not None
    assert os.access(str(chromium_path()), os.X_OK)
