"""Walks docs/install/small-shop.md on a bare Debian, from its first line to a mail answered over TLS.

    ./sbin/rtpy test --install [--proxy caddy] [--mail lmtp] [--ldap] [--suite bookworm] [--keep]

Needs root, debootstrap and the package registries; takes some minutes. What is typed is read from the page itself.
"""

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.install.clean_root import CleanRoot, clean_root
from tests.install.documents import TOP, Block, blocks_of
from tests.install.standins import CERTIFICATES, SINK, SYSTEMCTL

PAGE = TOP / "docs" / "install" / "small-shop.md"
STARTED = ("postgresql", "postfix", "nginx", "caddy")
"""Services that Debian starts when it has installed them."""
ANSWERS = "postfix postfix/main_mailer_type select Internet Site\npostfix postfix/mailname string help.example.com\n"


def main() -> None:
    """Read the choices and walk; exits 1 at the first line that fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--proxy", choices=["nginx", "caddy"], default="nginx")
    parser.add_argument("--mail", choices=["alias", "lmtp"], default="alias")
    parser.add_argument("--ldap", action="store_true", help="build python-ldap as well")
    parser.add_argument("--suite", default="bookworm", help="the Debian to walk on")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp/rtpy-walk"), help="where it is made")
    chosen = parser.parse_args()
    last = [block for block in blocks_of(PAGE) if "uninstall" in block.words]
    choices = frozenset([chosen.proxy, chosen.mail, *(["ldap"] if chosen.ldap else [])])
    began = time.monotonic()
    with clean_root(chosen.folder, suite=chosen.suite) as root:
        say(began, f"a bare {chosen.suite} is there")
        try:
            prepare(root)
            password = walk(root, [block for block in blocks_of(PAGE) if block.is_chosen(choices)], began)
            say(began, root.run(f"python3 /run/walk/story.py '{password}'").strip())
            walk(root, last, began)
        except subprocess.CalledProcessError as failed:
            print(f"\nFAILED with code {failed.returncode}:\n{failed.cmd}\n{failed.output[-6000:]}")
            for log in sorted(root.folder.glob("run/walk/*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}")
            sys.exit(1)
    say(began, "the whole page was walked")


def prepare(root: CleanRoot) -> None:
    """The checkout, as a release has it, and what stands for a machine."""
    files = subprocess.run(
        [
            "git",
            "-c",
            f"safe.directory={TOP}",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ],
        cwd=TOP,
        check=True,
        capture_output=True,
    ).stdout
    there = b"\0".join(name for name in files.split(b"\0") if name and (TOP / name.decode()).is_file())
    packed = subprocess.run(
        ["tar", "--null", "-T", "-", "-cf", "-"], cwd=TOP, input=there, check=True, capture_output=True
    ).stdout
    place = root.folder / "opt" / "rtpy"
    place.mkdir(parents=True)
    subprocess.run(["tar", "-C", place, "--no-same-owner", "-xf", "-"], input=packed, check=True)
    (root.folder / "etc" / "hosts").write_text("127.0.0.1 localhost help.example.com smtp.example.com\n")
    (root.folder / "etc" / "hostname").write_text("help.example.com\n")
    systemctl = root.folder / "usr" / "local" / "bin" / "systemctl"
    systemctl.write_text(SYSTEMCTL)
    systemctl.chmod(0o755)
    root.run(f"debconf-set-selections <<'END'\n{ANSWERS}END")


def walk(root: CleanRoot, blocks: list[Block], began: float) -> str:
    """Type one block after the other; the password that root was given."""
    password, running = "", set[str]()
    for block in blocks:
        if "enable --now rtpy.target" in block.text:
            stand_in(root)
        told = root.run(block.text, online="online" in block.words)
        ends = [line for line in told.splitlines() if " ended in " in line]
        say(began, "; ".join([f"line {block.line}: {first_line(block)}", *ends]))
        if "online" in block.words:
            new = {name for name in STARTED if name not in running and is_installed(root, name)}
            for name in sorted(new):
                root.run(f"systemctl start {name}")
            running |= new
        if found := re.search(r"the password of root is (\S+) ", told):
            password = found[1]
    return password


def stand_in(root: CleanRoot) -> None:
    """An authority of its own, which this machine trusts, and the mail server at smtp.example.com."""
    (root.folder / "tmp" / "certificates").write_text(CERTIFICATES)
    root.run("bash -eu /tmp/certificates")
    inside = f"cat > /run/walk/sink.py <<'END'\n{SINK}END\n"
    inside += f"cat > /run/walk/story.py <<'END'\n{(Path(__file__).parent / 'story.py').read_text()}END\n"
    root.run(inside + "setsid /opt/rtpy/.venv/bin/python /run/walk/sink.py > /run/walk/sink.log 2>&1 &")


def is_installed(root: CleanRoot, name: str) -> bool:
    """Has Debian this package in there?"""
    return (root.folder / "var" / "lib" / "dpkg" / "info" / f"{name}.list").exists()


def first_line(block: Block) -> str:
    """What a block begins with, for people."""
    return block.text.strip().splitlines()[0][:70]


def say(began: float, sentence: str) -> None:
    """One line with the seconds so far."""
    print(f"{time.monotonic() - began:6.0f} s  {sentence}", flush=True)


if __name__ == "__main__":
    main()
