"""The history of logins in words, for the people themselves and for administrators."""

from rtpy.identity.login_history import Result
from rtpy.identity.logins import How

HOW: dict[str, str] = {
    How.PASSWORD: "password",
    How.DIRECTORY: "directory",
    How.SIGN_ON: "single sign-on",
    How.HEADER: "the proxy's word",
    How.PROGRAM: "password of a program",
    How.TOKEN: "token, for the first time",
    How.LINK: "link by mail",
}
RESULTS: dict[str, str] = {
    Result.IN: "Came in",
    Result.ASKED: "Was asked for the code",
    Result.IN_BY_CODE: "Came in, with a code",
    Result.IN_BY_RECOVERY: "Came in, with a recovery code",
    Result.WRONG_PASSWORD: "Wrong password",
    Result.WRONG_CODE: "Wrong code",
    Result.TOO_MANY: "Stopped: too many attempts",
    Result.AWAY: "The directory did not answer",
    Result.DISABLED: "Turned away: the account is switched off",
    Result.NEEDS_TOKEN: "Turned away: this program needs a token",
    Result.REFUSED: "Turned away",
}
# The first that fits: Edge calls itself Chrome too, Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def say_how(how: str) -> str:
    """What the first factor was."""
    return HOW.get(how, how)


def say_result(result: str) -> str:
    """What became of it."""
    return RESULTS.get(result, result)


def name_browser(user_agent: str) -> str:
    """What people call it: `Firefox on Windows`; as it names itself where we know neither."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return " on ".join(word for word in (browser, system) if word) or user_agent or "unknown"
