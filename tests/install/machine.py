"""One machine of a walk: a bare Debian with the checkout as a release has it, in which blocks are typed."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.install.clean_root import CleanRoot
from tests.install.documents import TOP, Block
from tests.install.standins import MAKE_CERTIFICATES, SINK, SSH, SYSTEMCTL, TRUST_AUTHORITY

HERE = Path(__file__).parent
STARTED = ("postgresql", "postfix", "nginx", "caddy")
"""Services that Debian starts when it has installed them."""
ANSWERS = "postfix postfix/main_mailer_type select Internet Site\npostfix postfix/mailname string help.example.com\n"
NAMES = "127.0.0.1 localhost help.example.com smtp.example.com {}\n"
_BEGAN = time.monotonic()


class Machine:
    """Types blocks of pages; `name` is the machine's own, beside that of the site.

    It begins with the release of `commit`, or with this checkout.
    """

    def __init__(self, root: CleanRoot, name: str, commit: str = "") -> None:
        self.root, self.name = root, name
        self.password = ""
        """Of root in rtpy, once `rtpy init` has told it."""
        self._running = set[str]()
        self._has_stand_ins = False
        self._lay_out()
        self.put_release(commit)

    def type(self, blocks: Iterable[Block]) -> None:
        """Type one block after the other. Raises CalledProcessError at the first line that fails."""
        for block in blocks:
            told = self.root.run(block.text, online="online" in block.words)
            ends = [line for line in told.splitlines() if " ended in " in line]
            self.say("; ".join([f"{block.page} line {block.line}: {_first_line(block)}", *ends]))
            if "online" in block.words:
                self._start_what_is_new()
            if found := re.search(r"the password of root is (\S+) ", told):
                self.password = found[1]

    def tell(self, script: str, *words: str) -> None:
        """Run a script of `inside` and say what it prints."""
        said = self.root.run(f"cd /run/walk/inside; python3 {script} {' '.join(words)}")
        for line in said.strip().splitlines():
            self.say(line)

    def say(self, sentence: str) -> None:
        """One line with the machine's name and the seconds so far."""
        report(self.name, sentence)

    def fail(self, sentence: str) -> None:
        """Raises CalledProcessError with the sentence."""
        raise subprocess.CalledProcessError(1, self.name, output=sentence)

    def stand_in(self, elsewhere: "Machine | None" = None) -> None:
        """Once: an authority that this machine trusts (that of `elsewhere`), and the server at smtp.example.com."""
        if self._has_stand_ins:
            return
        self._has_stand_ins = True
        if elsewhere is None:
            self.root.run(MAKE_CERTIFICATES)
        else:
            self.root.run("cd /run/walk/old/run/walk; cp -p ca.crt smtp.* help.* /run/walk/")
        self.root.run(TRUST_AUTHORITY)
        self._write("run/walk/sink.py", SINK)
        self.switch_mail_server(on=True)

    def switch_mail_server(self, *, on: bool) -> None:
        """Start or end the mail server at the other end."""
        self.root.run(_START_SINK if on else "kill $(cat /run/walk/sink.pid)")

    @contextmanager
    def directory_server(self) -> Iterator[None]:
        """slapd with people in it, for by_directory.py."""
        self.root.run("apt-get install slapd", online=True)
        self.root.run(
            "setsid /opt/rtpy/.venv/bin/python /run/walk/inside/directory_server.py > /run/walk/directory.log 2>&1 &"
            "echo $! > /run/walk/directory.pid"
        )
        yield
        self.root.run("kill -- -$(cat /run/walk/directory.pid)")

    def put_release(self, commit: str = "") -> None:
        """A release in the place of the one that may be there: that of `commit`, or this checkout."""
        place = self.root.folder / "opt" / "rtpy"
        if place.exists():
            shutil.rmtree(place)
        place.mkdir()
        packed = _git("archive", commit) if commit else release()
        subprocess.run(["tar", "-C", place, "--no-same-owner", "-xf", "-"], input=packed, check=True)

    def _lay_out(self) -> None:
        folder = self.root.folder
        self._write("etc/hosts", NAMES.format(self.name))
        self._write("etc/hostname", f"{self.name}\n")
        for name, text in {"systemctl": SYSTEMCTL, "ssh": SSH, "scp": SSH}.items():
            self._write(f"usr/local/bin/{name}", text)
            (folder / "usr/local/bin" / name).chmod(0o755)
        (folder / "run/walk/inside").mkdir()
        for script in sorted((HERE / "inside").glob("*.py")):
            self._write(f"run/walk/inside/{script.name}", script.read_text())
        self.root.run(f"hostname {self.name}; debconf-set-selections <<'END'\n{ANSWERS}END")

    def _start_what_is_new(self) -> None:
        there = self.root.folder / "var" / "lib" / "dpkg" / "info"
        new = [name for name in STARTED if name not in self._running and (there / f"{name}.list").exists()]
        for name in new:
            self.root.run(f"systemctl start {name}")
        self._running.update(new)

    def _write(self, place: str, text: str) -> None:
        (self.root.folder / place).write_text(text, encoding="utf-8")


def report(name: str, sentence: str) -> None:
    """One line of the walk, with the seconds so far."""
    print(f"{time.monotonic() - _BEGAN:6.0f} s  {name}: {sentence}", flush=True)


def release() -> bytes:
    """The files of this checkout that git knows or would add, as a tar."""
    files = _git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
    there = b"\0".join(name for name in files.split(b"\0") if name and (TOP / name.decode()).is_file())
    packing = ["tar", "--null", "-T", "-", "-cf", "-"]
    return subprocess.run(packing, cwd=TOP, input=there, check=True, capture_output=True).stdout


def _git(*words: str) -> bytes:
    command = ["git", "-c", f"safe.directory={TOP}", *words]
    return subprocess.run(command, cwd=TOP, check=True, capture_output=True).stdout


def _first_line(block: Block) -> str:
    return block.text.strip().splitlines()[0][:70]


_START_SINK = """
setsid /opt/rtpy/.venv/bin/python /run/walk/sink.py > /run/walk/sink.log 2>&1 &
echo $! > /run/walk/sink.pid
for i in $(seq 300); do grep -q ready /run/walk/sink.log && exit 0; sleep 0.1; done
cat /run/walk/sink.log
exit 1
"""
