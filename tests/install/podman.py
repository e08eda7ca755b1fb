"""podman on this machine with images, volumes, network and processes of its own, all gone at the end.

What fetches packages runs where the world is, everything else where there is a loopback and podman's bridge only.
Needs root.
"""

import os
import resource
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.install.apart import apart, run_in
from tests.install.clean_root import lay_out, pip_settings, places_in

BASE = "docker.io/library/debian:12-slim"
"""What Containerfile begins with; here it is the bare system, so that nothing is fetched but packages."""
ENOUGH = 4096
"""Open files and processes of a container; a machine may allow fewer."""
BEFORE = r"""
mount --make-rprivate /
mkdir -p /run/netns /run/cni /var/lib/cni
for folder in /run/netns /run/cni /var/lib/cni; do mount -t tmpfs tmpfs "$folder"; done
mount -t overlay overlay -o "lowerdir=/usr/local/lib,upperdir=$FOLDER/written,workdir=$FOLDER/work" /usr/local/lib
"""


class Podman:
    """Types lines of shell beside a checkout, as somebody does who has podman."""

    def __init__(self, folder: Path, holder: int) -> None:
        self.checkout = folder / "checkout"
        self._folder, self._holder = folder, holder

    def run(self, text: str, *, online: bool = False, given: bytes = b"", timeout: float = 900) -> str:
        """Run lines of bash, which end at the first that fails; what they printed.

        Raises CalledProcessError with that in `output`.
        """
        inside = ["nsenter", "--target", str(self._holder), "--mount", "--pid"] + ["--net"] * (not online)
        command = [*inside, "/bin/bash", "-euo", "pipefail", "-c", f"cd {self.checkout}\n{text}"]
        told = run_in(command, text, self._folder, self._environment(), timeout=timeout, given=given)
        # without systemd podman does not ask for health by itself, and says so each time
        return "".join(line for line in told.splitlines(keepends=True) if "systemd connection" not in line)

    def _environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "CONTAINERS_CONF": str(self._folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self._folder / "storage.conf"),
            "BUILDAH_ISOLATION": "chroot",
            "BUILDAH_LAYERS": "false",  # the driver copies all for each layer
        }


@contextmanager
def podman_apart(folder: Path, *, suite: str) -> Iterator[Podman]:
    """A podman that knows the bare system as BASE; its files are in `folder`/podman.

    Raises CalledProcessError, and LookupError when apt on this machine has no Debian to fetch the system from.
    """
    own = folder / "podman"
    shutil.rmtree(own, ignore_errors=True)
    for name in ("written", "work", "checkout"):
        (own / name).mkdir(parents=True)
    (own / "containers.conf").write_text(_settings(own))
    (own / "storage.conf").write_text(
        f'[storage]\ndriver = "vfs"\ngraphroot = "{own}/storage"\nrunroot = "{own}/running"\n'
    )
    try:
        with apart(BEFORE, {"FOLDER": str(own)}, ["--mount-proc"]) as holder:
            podman = Podman(own, holder)
            _bring_base(podman, folder / "base", suite)
            yield podman
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _bring_base(podman: Podman, root: Path, suite: str) -> None:
    """The bare system as an image, with what pip needs to fetch here."""
    lay_out(root.parent, root, suite)
    pip = pip_settings()
    bundle = os.environ.get("PIP_CERT") or pip.pop("PIP_CERT", "/etc/ssl/certs/ca-certificates.crt")
    shutil.copy(bundle, root / "etc" / "fetching.crt")
    # an index on this machine's disk is not there
    there = {name: value for name, value in pip.items() if not places_in(value)}
    lines = [
        f"{name.removeprefix('PIP_').lower().replace('_', '-')} = {value}" for name, value in there.items()
    ]
    (root / "etc" / "pip.conf").write_text("\n".join(["[global]", *lines, "cert = /etc/fetching.crt", ""]))
    podman.run(f"tar -C {root} -c . | podman import - {BASE}")
    shutil.rmtree(root)


def _settings(own: Path) -> str:
    most = {
        name: min(ENOUGH, hard) if (hard := resource.getrlimit(kind)[1]) > 0 else ENOUGH
        for name, kind in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC))
    }
    limits = ", ".join(f'"{name}={number}:{number}"' for name, number in most.items())
    runtime = 'runtime = "runc"\n' if shutil.which("runc") else ""
    return (
        f"[containers]\ndefault_ulimits = [{limits}]\n"
        f'[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\ntmp_dir = "{own}/tmp"\n{runtime}'
        f'[network]\nnetwork_config_dir = "{own}/networks"\n'
    )
