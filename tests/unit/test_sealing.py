"""Secrets at rest: opened by the same site for the same purpose, by nobody else."""

import pytest

from rtpy.config import load_config
from rtpy.errors import Refused
from rtpy.sealing import seal, unseal


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("RTPY_HOME", str(tmp_path))
    return load_config()


def test_what_is_sealed_is_not_to_be_read_and_opens_again(config):
    sealed = seal(config, "mailbox", "gehéim")
    assert "geh" not in sealed
    assert unseal(config, "mailbox", sealed) == "gehéim"
    assert seal(config, "mailbox", "") == unseal(config, "mailbox", "") == ""


def test_another_purpose_and_another_site_open_nothing(config, tmp_path, monkeypatch):
    sealed = seal(config, "mailbox", "geheim")
    with pytest.raises(Refused, match="Enter it again"):
        unseal(config, "directory", sealed)
    monkeypatch.setenv("RTPY_HOME", str(tmp_path / "other"))
    with pytest.raises(Refused):
        unseal(load_config(), "mailbox", sealed)
