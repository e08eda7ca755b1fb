"""Every address of billing's pages: `billing.NOUN.DEED` is the module `rtpy_billing/web/NOUN/DEED.py`."""

from rtpy.web.routes import ID, Address

ADDRESSES: tuple[Address, ...] = ()

__all__ = ["ADDRESSES", "ID"]
