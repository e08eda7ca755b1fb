"""Photos of people in the browser: chosen, shown, taken away; and who may see them."""

import pytest
from sqlalchemy import select
from webtest import Upload

from rtpy.models import User, UserPhoto
from rtpy.testing.directory import PHOTO
from tests.unit.test_photo import png
from tests.web.people.test_users import main_form

pytestmark = pytest.mark.databases("sqlite")  # one row by its key


def choose(browser, data, name="me.png", **more):
    form = main_form(browser.get("/account/photo"), "/account/photo")
    form["photo"] = Upload(name, data, "image/png")
    return form.submit("deed", value="save", **more)


def test_a_photo_is_chosen_seen_by_staff_and_taken_away(root, jo, customer, db):
    me = db.scalar(select(User).where(User.name == "root"))
    address = f"/people/{me.id}/photo"
    root.get(address, status=404)
    assert "at most 512 KB" in choose(root, b"<svg onload=alert(1)>", "me.svg", status=422).text
    empty = main_form(root.get("/account/photo"), "/account/photo").submit("deed", value="save", status=422)
    assert "at most 512 KB" in empty.text
    choose(root, png(), status=303)
    seen = jo.get(address)
    assert (seen.body, seen.content_type) == (png(), "image/png")
    assert seen.headers["Cache-Control"].startswith("private")
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    jo.get(address, headers={"If-None-Match": seen.headers["ETag"]}, status=304)
    customer.get(address, status=404)
    assert address in jo.get(f"/people/{me.id}").text
    assert address in jo.get("/people").text
    main_form(root.get("/account/photo"), "/account/photo").submit("deed", value="remove", status=303)
    root.get(address, status=404)
    assert address not in jo.get(f"/people/{me.id}").text


def test_customers_get_their_own_photo_and_administrators_take_photos_away(root, customer, app, db):
    user = db.scalar(select(User).where(User.email_address == "ann@client.example"))
    (sha256,) = app.blobs.put(db, PHOTO)
    db.add(
        UserPhoto(
            user_id=user.id,
            blob_sha256=sha256,
            media_type="image/jpeg",
            source="directory",
            changed=app.clock.now(),
        )
    )
    db.flush()
    assert customer.get(f"/people/{user.id}/photo").body == PHOTO
    page = root.get(f"/people/{user.id}")
    form = next(form for form in page.forms.values() if "Remove the photo" in form.text)
    form.submit("deed", value="photo", status=303)
    customer.get(f"/people/{user.id}/photo", status=404)
