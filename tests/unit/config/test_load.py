"""Reading rtpy.toml and the environment."""

from dataclasses import replace
from pathlib import Path

import pytest

from rtpy.config import BadConfig, load_config, read_plugin_options
from rtpy.config.options import Kind, Option


@pytest.fixture
def site(tmp_path: Path):
    """Write etc/rtpy.toml with a text, and read it with an environment."""

    def read(text: str = "", environ: dict[str, str] | None = None, **overrides):
        file = tmp_path / "rtpy.toml"
        file.write_text(text)
        home = tmp_path / "home"
        return load_config(file, overrides, {"RTPY_HOME": str(home), **(environ or {})})

    return read


def test_an_empty_file_gives_the_defaults(site, tmp_path):
    config = site()
    assert config.rtname == "rtpy"
    assert config.mail.transport == "file"
    assert config.mail.max_size == 50 * 1024 * 1024
    assert config.database.url == f"sqlite:///{tmp_path}/home/rtpy.db"
    assert config.base_url == "http://127.0.0.1:8080"


def test_the_shipped_file_gives_the_defaults_and_lists_the_plugins_that_ship(site):
    shipped = Path(__file__).parents[3] / "etc" / "rtpy.toml"
    config = site(shipped.read_text())
    assert config.plugins == ("billing", "sla", "portal")
    assert replace(config, plugins=()) == site()


def test_the_homes_file_wins_over_the_sites_and_the_environment_over_both(site, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "rtpy.toml").write_text("[web]\nport = 2000\nthreads = 2\n")
    config = site("[web]\nport = 1000\nthreads = 1\nsession_days = 1", {"RTPY_WEB_PORT": "3000"})
    assert (config.web.session_days, config.web.threads, config.web.port) == (1, 2, 3000)


def test_the_command_line_wins_over_the_environment(tmp_path):
    config = load_config(None, {"web.port": 4000}, {"RTPY_WEB_PORT": "3000", "RTPY_HOME": str(tmp_path)})
    assert config.web.port == 4000


@pytest.mark.parametrize(
    ("text", "environ", "expected"),
    [
        (
            'rtname = "a b"',
            {},
            "line 1: rtname must be letters, digits, dots, dashes and underscores, not 'a b'.",
        ),
        ("[web]\n\nport = 0", {}, "line 3: web.port must be from 1 to 65535, not 0."),
        ("[web]\nport = true", {}, "line 2: web.port must be a whole number, not True."),
        ("web.port = '80 MB'", {}, "line 1: web.port must be a whole number, not '80 MB'."),
        ("[mail]\nhold = 'perhaps'", {}, "line 2: mail.hold must be true or false, not 'perhaps'."),
        ("[mail]\nmax_size = '5 parsecs'", {}, "mail.max_size must be a size in bytes"),
        ("[mail]\ntransport = 'pigeon'", {}, "must be file, smtp or sendmail, not 'pigeon'."),
        ("[mail]\ncomment_address = 'me'", {}, "mail.comment_address must be a mail address, not 'me'."),
        ("plugins = [1]", {}, "plugins must be a list of words"),
        ("[mail]\ntransprot = 'smtp'", {}, "there is no option mail.transprot; did you mean mail.transport?"),
        ("[web]\ntransport = 'smtp'", {}, "there is no option web.transport; did you mean mail.transport?"),
        ("[quux]\nzork = 1", {}, "line 2: there is no option quux.zork."),
        ("[web\n", {}, "at line 1"),
        (
            "",
            {"RTPY_WEB_PORT": "many"},
            "environment variable RTPY_WEB_PORT: web.port must be a whole number",
        ),
        ("", {"RTPY_MAIL_TRANSPROT": "smtp"}, "did you mean RTPY_MAIL_TRANSPORT?"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(site, text, environ, expected):
    with pytest.raises(BadConfig) as refused:
        site(text, environ)
    assert expected in str(refused.value)


def test_all_problems_are_told_at_once(site):
    with pytest.raises(BadConfig) as refused:
        site("nonsense = 1\n[web]\nport = 0\n[mail]\nhold = 3\n", {"RTPY_LOG_LEVEL": "loud"})
    assert len(refused.value.problems) == 4


def test_a_password_is_never_repeated_in_a_message(site):
    with pytest.raises(BadConfig) as refused:
        site("[mail]\nsmtp_password = 8125551\n[database]\nurl = 'mysql://me:8125551@db/rt'")
    assert len(refused.value.problems) == 2
    assert "8125551" not in str(refused.value)


def test_a_file_that_was_asked_for_and_is_missing_is_refused(tmp_path):
    with pytest.raises(BadConfig, match="no such file"):
        load_config(tmp_path / "absent.toml", {}, {})


def test_the_home_cannot_be_moved_by_its_own_file(site, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "rtpy.toml").write_text("home = '/elsewhere'\n")
    with pytest.raises(BadConfig, match="cannot be set in the home's own file"):
        site()


def test_a_foreign_variable_of_our_prefix_is_left_alone(site):
    assert site("", {"RTPY_SERVICE_HOST": "10.0.0.1", "RTPY_CORPORA": "x"}) == site()


BILLING = (
    Option(
        "billing.currency",
        Kind.TEXT,
        "EUR",
        "Currency of invoices.",
        pattern="[A-Z]{3}",
        expected="three letters",
    ),
    Option("billing.minutes", Kind.NUMBER, 15, "Minutes that are billed at least."),
)


def test_a_listed_plugins_section_waits_for_the_plugin(site):
    config = site("plugins = ['billing']\n[billing]\nminutes = 5\n")
    assert read_plugin_options(config, BILLING) == {"billing.currency": "EUR", "billing.minutes": 5}


def test_what_is_wrong_in_a_plugins_section_is_told_with_its_place(site):
    config = site("plugins = ['billing']\n[billing]\ncurrency = 'euro'\nminuets = 5\n")
    with pytest.raises(BadConfig) as refused:
        read_plugin_options(config, BILLING)
    assert "line 3: billing.currency must be three letters, not 'euro'." in refused.value.problems[0]
    assert (
        "line 4: there is no option billing.minuets; did you mean billing.minutes?"
        in refused.value.problems[1]
    )


def test_the_section_of_a_plugin_that_is_not_installed_is_refused(site):
    with pytest.raises(BadConfig, match=r"there is no option budget\.minutes"):
        site("[budget]\nminutes = 5\n")


def test_the_section_of_a_plugin_that_is_installed_and_not_listed_rests(site, tmp_path):
    package = tmp_path / "home" / "plugins" / "budget"
    package.mkdir(parents=True)
    (package / "pyproject.toml").write_text(
        "[project]\nname = 'rtpy-budget'\n[project.entry-points.'rtpy.plugins']\nbudget = 'rtpy_budget'\n"
    )
    config = site("[budget]\nminutes = 5\n")
    assert (config.plugins, config.plugin_settings) == ((), ())


def test_safe_mode_sets_the_listed_plugins_aside_with_their_sections(site):
    config = site("plugins = ['budget']\n[budget]\nminutes = 5\n", {"RTPY_NO_PLUGINS": "1"})
    assert (config.plugins, config.plugin_settings, config.set_aside) == ((), (), ("budget",))
