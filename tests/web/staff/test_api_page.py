"""The page that shows what REST 2.0 offers."""


def test_staff_read_every_address_and_where_it_is(jo):
    page = jo.get("/api")
    for words in ("/queue/{queue}", "/changes", "openapi.json", "Idempotency-Key", "DELETE"):
        assert words in page.text, words


def test_it_is_for_staff(browser, customer):
    assert browser.get("/api").status_int == 303
    assert customer.get("/api", status=403)
