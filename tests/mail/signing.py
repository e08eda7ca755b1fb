"""Signed mails for tests, and name servers that know their keys."""

import base64

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from rtpy.mail.trust.resolver import Unanswered

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
_PEM = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
_PUBLIC = base64.b64encode(
    _KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()
KEY = f"v=DKIM1; k=rsa; p={_PUBLIC}"
FIELDS = (b"from", b"to", b"subject", b"message-id")


def signed(raw, domain="staff.example", *, fields=FIELDS, **more):
    """The mail with a DKIM-Signature of `domain`, selector `s1`, on top."""
    crlf = raw.replace(b"\n", b"\r\n")
    mark = dkim.sign(crlf, b"s1", domain.encode(), _PEM, include_headers=list(fields), **more)
    return mark + crlf


class Names:
    """A name server: what it knows, and what it was asked. A value None means that it does not answer."""

    def __init__(self, known=None, *, silent=False):
        self.known = {"s1._domainkey.staff.example": (KEY,)} if known is None else known
        self.silent = silent
        self.asked = []

    def texts(self, name, seconds):
        self.asked.append(name)
        if self.silent:
            raise Unanswered(name)
        return self.known.get(name, ())
