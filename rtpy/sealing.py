"""Secrets of other systems that we must be able to say again, such as the password of a mailbox: sealed at rest.

The key comes from the site's own secret in its home, so a copy of the database alone opens nothing.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rtpy.config import Config
from rtpy.errors import Refused


def seal(config: Config, purpose: str, secret: str) -> str:
    """`secret` as it may lie in the database; only the same `purpose` on the same site opens it. Empty stays empty."""
    return _fernet(config, purpose).encrypt(secret.encode()).decode("ascii") if secret else ""


def unseal(config: Config, purpose: str, sealed: str) -> str:
    """The secret again. Raises Refused when it was sealed with another site's secret or for another purpose."""
    if not sealed:
        return ""
    try:
        return _fernet(config, purpose).decrypt(sealed.encode("ascii", "replace")).decode()
    except InvalidToken:
        raise Refused(
            "The stored secret cannot be opened: the site's secret_key is another one. Enter it again."
        ) from None


def _fernet(config: Config, purpose: str) -> Fernet:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"rtpy {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derive.derive(bytes.fromhex(config.secret_key()))))
