"""Settings of plugins: what they take, their page, set-up files, and what stops the start."""

from dataclasses import replace

import pytest

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.plugin_settings import save_settings
from rtpy.config.setting import Setting, SettingKind
from rtpy.errors import Invalid, Refused
from rtpy.initialdata.all import SECTIONS
from rtpy.initialdata.reading import load, parse
from rtpy.initialdata.writing import as_data
from rtpy.models import PluginSetting
from rtpy.plugin_settings import setting
from rtpy.work import Face

NUMBER = Setting("x.size", SettingKind.NUMBER, 5, "Size", minimum=-3, maximum=9)
TEXT = Setting(
    "x.name", SettingKind.TEXT, "", "Name", longest=5, check=lambda it: "No." if it == "no" else ""
)
NUMBER_OF_ANY_SIZE = Setting("x.any", SettingKind.NUMBER, 5, "Any")
CHOICE = Setting("x.one", SettingKind.CHOICE, "a", "One", choices=(("a", "A"), ("b", "B")))
SWITCH = Setting("x.on", SettingKind.SWITCH, False, "On")
WHOLE = "Size: write a whole number, -3 to 9."
LONG = Setting("x.text", SettingKind.LONG_TEXT, "", "Text")


def read(declared, text):
    try:
        return declared.read(text)
    except Invalid as wrong:
        return str(wrong)


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        (NUMBER, " 7 ", 7),
        (NUMBER, "-3", -3),
        (NUMBER, "10", WHOLE),
        (NUMBER, "seven", WHOLE),
        (NUMBER, "", WHOLE),
        (NUMBER, "--1", WHOLE),
        (NUMBER, "٣", WHOLE),
        (NUMBER, "9" * 400, WHOLE),
        (TEXT, " a \n b ", "a b"),
        (TEXT, "abcdef", "Name: write at most 5 characters."),
        (TEXT, "no", "No."),
        (CHOICE, "b", "b"),
        (CHOICE, "c", "One: choose one of a, b."),
        (SWITCH, "1", True),
        (SWITCH, "", False),
        (LONG, " a\r\nb\n", "a\nb"),
    ],
)
def test_a_text_is_read_by_the_kind(declared, text, value):
    assert read(declared, text) == value


@pytest.mark.parametrize(
    ("declared", "value"),
    [(NUMBER, True), (NUMBER, "7"), (SWITCH, 1), (TEXT, 1), (CHOICE, None), (NUMBER_OF_ANY_SIZE, 2**70)],
)
def test_a_value_of_another_kind_is_not_taken(declared, value):
    with pytest.raises(Invalid):
        declared.accept(value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "other.warn_at"}, "brings the setting other.warn_at: it must be budget.name"),
        ({"name": "budget.Warn"}, "brings the setting budget.Warn: it must be budget.name"),
        ({"name": "budget.give"}, "brings the setting budget.give: it must be budget.name"),
        ({"default": 500}, "whose usual value is wrong: Warn at: write a whole number, 10 to 200"),
    ],
)
@pytest.mark.databases("sqlite")  # nothing is asked of it
def test_a_setting_that_is_declared_wrongly_stops_the_start(config, sample, monkeypatch, change, sentence):
    from rtpy_budget import options

    wrong = [replace(each, **change) if each.name == "budget.warn_at" else each for each in options.SETTINGS]
    monkeypatch.setattr("rtpy_budget.plugin.SETTINGS", wrong)
    with pytest.raises(Invalid, match=sentence):
        App(config, blobs=DatabaseStore())


def test_only_a_super_user_sets_and_a_stored_value_that_fits_no_more_is_left_alone(
    work, work_of, make, app, db
):
    make.staff("jo")
    with pytest.raises(Refused):
        save_settings(work_of("jo", Face.WEB), "budget", {"budget.warn_at": 50})
    with pytest.raises(Invalid, match=r"has a setting web\.port"):
        save_settings(work, "web", {"web.port": 50})
    db.add(PluginSetting(plugin="budget", name="warn_at", value="many", changed=work.now))
    db.flush()
    assert setting(app, db, "budget.warn_at") == 100


def test_settings_are_read_without_a_query_once_they_are_known(app, db, query_count):
    setting(app, db, "budget.warn_at")
    with query_count() as count:
        setting(app, db, "budget.warn_at")
    assert count.total == 0


def test_a_set_up_file_holds_settings_and_sets_them(work, app, db):
    written = as_data(work, SECTIONS)["plugin_settings"]
    assert {"name": "budget.warn_at", "value": 100} in written
    told = parse('[[plugin_settings]]\nname = "budget.warn_at"\nvalue = 80\n', SECTIONS)
    assert [step.deed for step in load(work, told, SECTIONS)] == ["change"]
    assert [step.deed for step in load(work, told, SECTIONS)] == ["keep"]
    assert setting(app, db, "budget.warn_at") == 80
    for wrong, sentence in (
        ('name = "budget.warn_at"\nvalue = "8"', "Warn at: it is a whole number"),
        ('name = "gone.warn_at"\nvalue = 8', "No plugin that is listed has a setting gone.warn_at"),
    ):
        with pytest.raises(Invalid, match=sentence):
            load(work, parse(f"[[plugin_settings]]\n{wrong}\n", SECTIONS), SECTIONS)


def test_the_page_is_made_of_the_declaration(login, app, db, make):
    root = login()
    page = root.get("/admin/plugins/budget/settings")
    assert [head.text for head in page.html.select(".card-head h2")] == ["Warnings", "Settings"]
    form = next(each for each in page.forms.values() if "budget.give" in each.fields)
    assert (form["budget.warn_at"].value, form["budget.give"].checked) == ("100", True)
    form["budget.warn_at"], form["budget.warning"] = "5", "Too much"
    again = form.submit("deed", value="save", status=422)
    assert "Warn at: write a whole number, 10 to 200." in again.text
    assert "The warning must hold {minutes}" in again.text
    assert 'value="Too much"' in again.text
    form["budget.warn_at"], form["budget.warning"] = "60", "{minutes}!"
    form["budget.give"], form["budget.shown"], form["budget.note"] = False, "hours", "a\r\nb"
    form.submit("deed", value="save", status=303)
    values = [setting(app, db, f"budget.{name}") for name in ("warn_at", "warning", "give", "shown", "note")]
    assert values == [60, "{minutes}!", False, "hours", "a\nb"]
    assert "budget.warn_at" in root.get("/admin/log").text
    root.get("/admin/plugins/nothing/settings", status=404)


def test_the_page_is_for_super_users(login, make, db):
    make.staff("jo", password="jo's password")
    db.commit()
    login("jo", "jo's password").get("/admin/plugins/budget/settings", status=403)
