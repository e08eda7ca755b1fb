"""Handing a mail to the gateway over HTTP, byte by byte."""

PATH = "/REST/1.0/NoAuth/mail-gateway"
_MARK = b"=_attack_4dfe09"


def form_of(raw, **fields):
    """The body and the type of the form that a mail server's client posts."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields.items()
    ]
    parts.append(b'Content-Disposition: form-data; name="message"; filename="mail"\r\n\r\n' + raw)
    body = b"".join(b"--" + _MARK + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + _MARK + b"--\r\n"
    return body, f"multipart/form-data; boundary={_MARK.decode()}"


def hand_in(browser, raw, **fields):
    """The answer's text; anything but 200 and plain text is a failure."""
    body, kind = form_of(raw, **fields)
    answer = browser.request(PATH, method="POST", body=body, headers={"Content-Type": kind})
    assert (answer.status_int, answer.content_type) == (200, "text/plain")
    return answer.text
