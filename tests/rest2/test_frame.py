"""The frame of REST 2.0: who is let in, and what is answered before any resource is asked."""

from tests.rest2.conftest import check_cases


def test_the_frame_answers_in_rts_order(root, stranger, customer):
    check_cases(
        {"root": root, "nobody": stranger, "ann": customer},
        [
            ("root", "GET", "queue/1", None, 200, {"id": 1, "Name": "General"}),
            ("nobody", "GET", "queue/1", None, 401, "Unauthorized"),
            ("nobody", "GET", "no/such/place", None, 401, "Unauthorized"),
            ("root", "GET", "no/such/place", None, 404, "Not Found"),
            ("root", "GET", "", None, 404, "Not Found"),
            ("root", "PATCH", "queue/1", None, 501, "Not Implemented"),
        ],
    )


def test_refusals_to_strangers_do_not_ask_for_a_password_and_send_browsers_to_the_login(stranger):
    assert "WWW-Authenticate" not in stranger("GET", "queue/1").headers
    answer = stranger("GET", "queue/1", headers={"User-Agent": "Mozilla/5.0"})
    assert (answer.status, answer.headers["Location"][-1]) == (302, "/")
