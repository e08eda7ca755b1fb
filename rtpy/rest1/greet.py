"""The top of the face, where clients try whether a login is good; and the end of a login."""

from rtpy.rest.sessions import end_rest_session
from rtpy.rest1.call import Call
from rtpy.rest1.frame import Answer


def greet(call: Call) -> Answer:
    """Who got here is logged in."""
    return Answer(f"# Logged in as {call.login.name}.\n")


def log_out(call: Call) -> Answer:
    """The session of the cookie is over."""
    end_rest_session(call.request)
    return Answer(always=True)
