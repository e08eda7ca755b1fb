"""The style guide is there for those who look after the site."""


def test_administrators_see_every_component(browser, login):
    page = login(browser).get("/admin/styleguide")
    for sample in (
        "Internal comment – staff only",
        "Please correct this first",
        "No tickets here",
        "Keyboard shortcuts",
    ):
        assert sample in page


def test_nobody_else_does(jo):
    jo.get("/admin/styleguide", status=403)
