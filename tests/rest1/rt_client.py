"""RT's own command line programs, run in a home of their own against a live site."""

import os
import subprocess
from pathlib import Path

RT = Path("/usr/bin/rt-5")
MAILGATE = Path("/usr/bin/rt-mailgate-5")

# The client asks the password file where home is, not the environment: it must not write into a real one.
_HOME = """\
package OwnHome;
BEGIN { *CORE::GLOBAL::getpwuid = sub { ("root", "x", 0, 0, "", "", "", $ENV{HOME}, "") } }
1;
"""


class RtClient:
    """`rt` with a configuration in the environment: `client("ls", "-i")`."""

    def __init__(self, home, url, *, user="root", password="", auth="rt"):
        self.home = home
        self.home.mkdir(exist_ok=True)
        (home / "OwnHome.pm").write_text(_HOME)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "RTSERVER": url,
            "RTUSER": user,
            "RTAUTH": auth,
            "RTCONFIG": str(home / "none"),
            "TZ": "UTC",
            **({"RTPASSWD": password} if password else {}),
        }

    @property
    def sessions(self):
        """The file in which the client keeps its cookies."""
        return self.home / ".rt_sessions"

    def run(self, *words, text="", environment=None):
        """The finished process, whatever its exit code; Perl's warnings stand in its standard error."""
        return subprocess.run(
            ["perl", f"-I{self.home}", "-MOwnHome", str(RT), *map(str, words)],
            env={**self.environment, **(environment or {})},
            input=text.encode(),
            cwd=self.home,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def __call__(self, *words, **keywords):
        """What it printed; it must end well and complain of nothing."""
        done = self.run(*words, **keywords)
        assert done.returncode == 0, (words, done)
        assert not done.stderr, (words, done)
        return done.stdout.decode()


def mailgate(url, mail, *options, environment=None):
    """The exit code of `rt-mailgate`."""
    done = subprocess.run(
        [str(MAILGATE), "--url", url, "--queue", "General", "--timeout", "20", *options],
        env={"PATH": os.environ["PATH"], **(environment or {})},
        input=mail,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode
