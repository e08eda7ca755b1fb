"""What a settled configuration answers."""

import stat

import pytest

from rtpy.config import BadConfig, Config


@pytest.mark.parametrize(
    ("options", "secure"),
    [
        ({}, False),
        ({"web__base_url": "https://help.example.com/"}, True),
        ({"web__base_url": "https://help.example.com", "web__secure_cookies": "no"}, False),
        ({"web__secure_cookies": "yes"}, True),
    ],
)
def test_cookies_are_secure_when_people_come_by_https(tmp_path, options, secure):
    assert Config.for_tests(tmp_path, **options).secure_cookies is secure


def test_addresses_are_built_on_the_base_url(tmp_path):
    config = Config.for_tests(tmp_path, web__base_url="https://help.example.com/rt/")
    assert config.url("/ticket/7") == "https://help.example.com/rt/ticket/7"


@pytest.mark.parametrize(
    ("host", "local"),
    [("0.0.0.0", "http://127.0.0.1:8080"), ("::", "http://[::1]:8080"), ("10.1.1.1", "http://10.1.1.1:8080")],
)
def test_the_local_address_can_be_reached_from_this_machine(tmp_path, host, local):
    assert Config.for_tests(tmp_path, web__host=host).local_url == local


def test_the_secret_key_is_made_once_and_kept_from_others(tmp_path):
    config = Config.for_tests(tmp_path / "home")
    first = config.secret_key()
    assert len(first) == 64
    assert config.secret_key() == first
    assert stat.S_IMODE((tmp_path / "home" / "secret_key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["secret_key"]


def test_an_unknown_override_is_refused(tmp_path):
    with pytest.raises(BadConfig, match="there is no option"):
        Config.for_tests(tmp_path, mail__transprot="smtp")
