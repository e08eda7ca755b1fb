"""What goes wrong with a mailbox, as sentences for whoever set it up."""


class Trouble(Exception):
    """It does not work now; `str()` is a sentence that says why and what would help."""


class LoginRefused(Trouble):
    """The server does not let us in: to try again and again may lock the account."""
