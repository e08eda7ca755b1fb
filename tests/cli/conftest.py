"""Commands run without the plugins that etc/rtpy.toml lists: these databases have the tables of the core only."""

import pytest


@pytest.fixture(autouse=True)
def own_file(monkeypatch, tmp_path):
    file = tmp_path / "empty.toml"
    file.touch()
    monkeypatch.setenv("RTPY_CONFIG", str(file))
