"""A bare Debian in a folder, to walk in: made by debootstrap, with processes and a network of its own.

What fetches packages runs where the world is, with the settings that apt and pip have on this machine; everything else
where there is a loopback only. Needs root.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.install.apart import apart, run_in

HANDED_ON = re.compile(r"PIP_|(https?|no)_proxy$", re.IGNORECASE)
"""Variables that packages are fetched with."""
BEFORE = r"""
mount --make-rprivate /
mount -t proc proc "$ROOT/proc"
mount --bind /dev "$ROOT/dev"
mkdir -p "$ROOT/dev/shm"
mkdir -p "$ROOT/run/walk/sink"
[ -z "$OTHER" ] || { mkdir -p "$ROOT/run/walk/old"; mount -o bind,ro "$OTHER" "$ROOT/run/walk/old"; }
for folder in $SHARED; do mkdir -p "$ROOT$folder"; mount -o bind,ro "$folder" "$ROOT$folder"; done
cp -f "$BUNDLE" "$ROOT/run/walk/fetching.crt"
"""


class CleanRoot:
    """The folder; `run` types lines of shell in it as root."""

    def __init__(self, folder: Path, holder: int, fetching: Mapping[str, str]) -> None:
        self.folder = folder
        self._holder, self._fetching = holder, fetching

    def run(self, text: str, *, online: bool = False, timeout: float = 900) -> str:
        """Run lines of bash, which end at the first one that fails; what they printed.

        Raises CalledProcessError with that in `output`.
        """
        inside = ["nsenter", "--target", str(self._holder), "--mount", "--pid", "--uts"] + ["--net"] * (
            not online
        )
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            **(self._fetching if online else {"WALK_APART": "1"}),
        }
        command = ["chroot", str(self.folder), "/bin/bash", "-euo", "pipefail", "-c", f"cd /root\n{text}"]
        return run_in([*inside, *command], text, self.folder, environment, timeout=timeout)


@contextmanager
def clean_root(folder: Path, name: str, *, suite: str, other: Path | None = None) -> Iterator[CleanRoot]:
    """A fresh copy of the bare system `suite` (bookworm) in `folder`/`name`; its processes end with the block.

    `other` is another such folder, to be read in there at /run/walk/old. The system is made once and kept in
    `folder`. Raises CalledProcessError, and LookupError when apt on this machine has no Debian to fetch it from.
    """
    root = folder / name
    lay_out(folder, root, suite)
    pip = pip_settings()
    # an index on disk names files beside it
    places = {place for text in pip.values() for place in places_in(text)}
    shared = sorted({str(Path(*place.parts[:3])) for place in places if place.is_dir()})
    fetching = {name: value for name, value in os.environ.items() if HANDED_ON.match(name)} | pip
    bundle = fetching.get("PIP_CERT") or "/etc/ssl/certs/ca-certificates.crt"
    fetching["PIP_CERT"] = "/run/walk/fetching.crt"
    settings = {
        "ROOT": str(root),
        "OTHER": str(other or ""),
        "SHARED": " ".join(shared),
        "BUNDLE": bundle,
    }
    try:
        with apart(BEFORE, settings, ["--uts"]) as holder:
            yield CleanRoot(root, holder, fetching)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def lay_out(folder: Path, root: Path, suite: str) -> None:
    """A fresh copy of the bare system in `root`, with this machine's settings for apt; raises as `clean_root`."""
    bare = folder / f"{suite}.tar"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    if not bare.exists():
        making = folder / "making"
        shutil.rmtree(making, ignore_errors=True)
        command = ["debootstrap", "--variant=minbase", suite, str(making), _mirror()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=1800)
        subprocess.run(["tar", "-C", making, "-cf", f"{bare}.part", "."], check=True, timeout=600)
        Path(f"{bare}.part").rename(bare)
        shutil.rmtree(making)
    root.mkdir()
    subprocess.run(["tar", "-C", root, "-xf", bare], check=True, timeout=600)
    _let_fetch(root)


def pip_settings() -> dict[str, str]:
    """What pip's files say here, as variables."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    found = re.findall(r"^(?:global|install)\.([\w-]+)='(.*)'$", told, re.MULTILINE)
    return {f"PIP_{name.upper().replace('-', '_')}": value for name, value in found}


def places_in(setting: str) -> list[Path]:
    """The files and folders of this machine that a setting of pip names."""
    return [Path(place) for place in re.findall(r"(?:file://|^|\s)(/[\w./-]+)", setting)]


def _mirror() -> str:
    """Where apt gets Debian from on this machine."""
    command = ["apt-get", "indextargets", "--format", "$(SITE) $(LABEL)", "Created-By: Packages"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    for line in told.splitlines():
        site, _, label = line.partition(" ")
        if label == "Debian":
            return site
    raise LookupError("apt on this machine fetches from no Debian.")


def _let_fetch(root: Path) -> None:
    """Give apt in there this machine's settings, and let no package start a service."""
    settings = root / "etc" / "apt" / "apt.conf.d"
    for file in sorted(Path("/etc/apt/apt.conf.d").glob("*")):
        if "Acquire" in file.read_text(errors="replace"):
            shutil.copy(file, settings / file.name)
    (settings / "zz-walk").write_text('APT::Get::Assume-Yes "true";\nAcquire::Languages "none";\n')
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    policy = root / "usr" / "sbin" / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
