"""The looks of the portal: set by staff, seen by customers."""

import re
import struct
import zlib

import pytest
from sqlalchemy import select

from rtpy.changes.plugin_settings import save_settings
from rtpy.errors import Invalid, Refused
from rtpy_portal.looks.contrast import DARK, LIGHT, lacking, read_colour
from rtpy_portal.looks.saving import save_looks
from rtpy_portal.looks.theme import theme_css, theme_of, words_of
from rtpy_portal.models import Logo

pytestmark = pytest.mark.databases("sqlite")  # settings and one row, read by their keys


def png(width=40, height=40):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def tokens(css, name):
    return re.findall(rf"--{name}: light-dark\((#\w+), (#\w+)\)", css)[0]


def test_one_brand_colour_is_read_well_in_both_modes(app, db, work):
    save_looks(work, {"portal.accent": "#0055aa"})
    light, dark = tokens(theme_css(app, db), "accent")
    assert light == "#0055aa"
    assert lacking(read_colour(light), LIGHT) is None
    assert lacking(read_colour(dark), DARK) is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("accent", "#ffcc00", "in light mode: its contrast is 1.4:1 and must be 4.5:1. The nearest"),
        ("accent_dark", "#0b676f", "in dark mode"),
        ("accent", "blue", "six digits"),
        ("bar", "blue}", "six digits"),
        ("imprint", "javascript:alert(1)", "https://"),
        ("privacy", "//evil.example", "https://"),
        ("name", "x" * 61, "at most 60"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(app, db, work, name, value, says):
    with pytest.raises(Invalid, match=re.escape(says)):
        save_looks(work, {f"portal.{name}": value})
    assert theme_css(app, db) == ""


@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", png(5000, 1), png() + b"\0" * 600_000]
)
def test_a_logo_is_a_small_picture(db, work, data):
    with pytest.raises(Invalid, match="PNG or JPEG"):
        save_looks(work, {}, logo=data)
    assert db.scalars(select(Logo)).all() == []


def test_who_lacks_the_right_changes_nothing(work_of, make):
    make.grant(make.staff("eve"), "AdminPortal")
    make.staff("jo")
    save_looks(work_of("eve"), {"portal.name": "Help"})
    with pytest.raises(Refused, match="AdminPortal"):
        save_looks(work_of("jo"), {"portal.name": "Mine"})
    with pytest.raises(Refused, match="SuperUser"):
        save_settings(work_of("eve"), "portal", {"portal.name": "Mine"})


def test_words_stand_in_the_readers_language_else_in_english(app, db, work):
    save_looks(work, {"portal.welcome_en": "Hello.\n\nAsk us.", "portal.welcome_de": "Hallo."})
    found = [words_of(app, db, "welcome", each) for each in ("en", "de", "fr")]
    assert found == [("Hello.", "Ask us."), ("Hallo.",), ("Hello.", "Ask us.")]


def test_staff_set_them_on_one_page_and_customers_see_them(root, another):
    page = root.get("/admin/portal/looks")
    form = next(form for form in page.forms.values() if "portal.accent" in form.fields)
    given = {
        "name": "Acme helps",
        "accent": "#0055AA",
        "bar": "#FFCC00",
        "welcome_en": "Welcome <to> us",
        "footer_en": "Call 030 123",
        "imprint": "https://acme.example/imprint",
    }
    for name, value in given.items():
        form[f"portal.{name}"] = value
    form["logo"] = ("logo.png", png())
    assert form.submit().status_int == 303
    guest = another()
    page = guest.get("/portal")
    assert "Acme helps" in page.html.title.text
    assert "Welcome <to> us" in page.html.main.text
    assert "Call 030 123" in page.html.footer.text
    assert page.html.select("a[href='https://acme.example/imprint']")
    (sheet,) = [each["href"] for each in page.html.select("link[rel=stylesheet]") if "theme" in each["href"]]
    css = guest.get(sheet)
    assert css.content_type == "text/css"
    assert "immutable" in css.headers["Cache-Control"]
    assert "immutable" not in guest.get("/portal/theme.css?v=old").headers["Cache-Control"]
    assert "background: #ffcc00; color: #000000" in css.text
    logo = guest.get(page.html.select(".portal-brand img")[0]["src"])
    assert (logo.content_type, logo.body[:4]) == ("image/png", b"\x89PNG")
    assert "immutable" in logo.headers["Cache-Control"]


def test_a_wrong_colour_comes_back_with_all_that_was_typed(root, app, db):
    page = root.get("/admin/portal/looks")
    form = next(form for form in page.forms.values() if "portal.accent" in form.fields)
    form["portal.name"], form["portal.accent"] = "Acme", "#ffcc00"
    answer = form.submit(status=422)
    assert "The nearest colour that passes is" in answer.text
    assert answer.html.select("[name='portal.name']")[0]["value"] == "Acme"
    assert theme_of(app, db).name != "Acme"


def test_the_logo_is_taken_away_again(root, another, work, db):
    save_looks(work, {}, logo=png())
    page = root.get("/admin/portal/looks")
    form = next(form for form in page.forms.values() if "no_logo" in form.fields)
    form["no_logo"] = True
    form.submit()
    assert db.scalars(select(Logo)).all() == []
    assert not another().get("/portal").html.select(".portal-brand img")
    another().get("/portal/logo", status=404)


def test_looks_cost_no_query(app, db, work, query_count):
    save_looks(work, {"portal.accent": "#0055aa", "portal.welcome_en": "Hello"})
    theme_of(app, db)
    with query_count() as count:
        theme_of(app, db)
        theme_css(app, db)
        words_of(app, db, "welcome", "en")
    assert count.total == 0
