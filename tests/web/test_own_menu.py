"""The reader's own menu."""


def test_staff_find_the_page_for_programs_in_their_menu_and_customers_do_not(jo, customer):
    (link,) = (each for each in jo.get("/").html.find_all("a") if "For programs" in each.text)
    assert jo.get(link["href"]).status_int == 200
    assert "For programs" not in customer.get("/", expect_errors=True).text
