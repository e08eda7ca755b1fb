"""Addresses that only refuse, as in RT: kinds of things that have no address without a number."""

from rtpy.rest2.resource import Resource


class Nothing(Resource):
    """Reading is a 404, anything else is not offered: there is nothing without a number."""

    def exists(self) -> bool:
        """Never."""
        return False

    def is_forbidden(self) -> bool:
        """Everybody may know that."""
        return False
