"""What a bare folder has not and a machine has: systemd, certificates, a way to another machine and a mail server.

Written into the folder by the walk. The services run as their unit files say: program, user, environment, and the time
that they have to end.
"""

SYSTEMCTL = r'''#!/usr/bin/python3
"""Does what systemctl does, as far as the pages on installing use it."""
import glob, os, pathlib, re, shlex, signal, subprocess, sys, time

RUN = pathlib.Path("/run/walk")
OWN = {
    "postgresql": {"start": "sh -c 'pg_lsclusters -h | while read v c rest; do pg_ctlcluster $v $c start; done'"},
    "postfix": {"restart": "postfix reload", **{deed: "postfix " + deed for deed in ("start", "reload", "stop")}},
}

def unit_of(name):
    for folder in ("/etc/systemd/system", "/lib/systemd/system"):
        path = pathlib.Path(folder, name if "." in name else name + ".service")
        if path.exists():
            return path
    sys.exit(f"systemctl: there is no unit {name}")

def values(path, key):
    return re.findall(rf"^{key}=(.*)$", path.read_text(), re.M)

def link(name, deed):
    """What makes a unit start with the machine, or no longer."""
    path = unit_of(name)
    for target in values(path, "WantedBy"):
        place = pathlib.Path("/etc/systemd/system", target + ".wants", path.name)
        if deed == "enable":
            place.parent.mkdir(exist_ok=True)
            place.unlink(missing_ok=True)
            place.symlink_to(path)
        else:
            place.unlink(missing_ok=True)

def seconds(path, default):
    return int((values(path, "TimeoutStopSec") or [default])[-1])

def certified():
    """Caddy gets its certificate from a file, as there is nobody to ask for one."""
    file = pathlib.Path("/etc/caddy/Caddyfile")
    line = "\ttls /run/walk/help.pem /run/walk/help.key\n"
    if line not in file.read_text():
        file.write_text(file.read_text().replace("help.example.com {\n", "help.example.com {\n" + line, 1))

def pid_of(name):
    try:
        pid = int((RUN / (name + ".pid")).read_text())
        os.kill(pid, 0)
        if pathlib.Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z":
            return 0
        return pid
    except (OSError, ValueError):
        return 0

def start(name):
    path = unit_of(name)
    user = (values(path, "User") or ["root"])[-1]
    words = shlex.split(values(path, "ExecStart")[-1].lstrip("-"))
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": os.path.expanduser("~" + user)}
    for line in values(path, "Environment"):
        environment.update(word.split("=", 1) for word in shlex.split(line))
    if user != "root":
        caps = "".join(f",+{cap.removeprefix('CAP_').lower()}" for line in values(path, "AmbientCapabilities")
                       for cap in line.split()).lstrip(",")
        may = ["--inh-caps", caps, "--ambient-caps", caps] if caps else []
        words = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", *may, *words]
    log = open(RUN / (name + ".log"), "ab")
    umask = int((values(path, "UMask") or ["0022"])[-1], 8)
    process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                               start_new_session=True, umask=umask, cwd="/")
    if values(path, "Type") == ["oneshot"]:
        if process.wait():
            sys.exit(f"systemctl: {name} failed:\n" + (RUN / (name + ".log")).read_text()[-2000:])
        return
    if values(path, "Type") == ["forking"]:
        if process.wait():
            sys.exit(f"systemctl: {name} did not start; see {RUN}/{name}.log")
        (RUN / (name + ".pid")).write_text(pathlib.Path(values(path, "PIDFile")[-1]).read_text())
        return
    (RUN / (name + ".pid")).write_text(str(process.pid))
    time.sleep(1)
    if process.poll() is not None:
        sys.exit(f"systemctl: {name} ended at once; see {RUN}/{name}.log")

def stop(name):
    pid = pid_of(name)
    if not pid:
        return
    began = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    while pid_of(name):
        if time.monotonic() - began > seconds(unit_of(name), 90):
            sys.exit(f"systemctl: {name} did not end in time")
        time.sleep(0.1)
    print(f"{name} ended in {time.monotonic() - began:.1f} s")

def do(deed, name):
    name = name.removesuffix(".service")
    if name == "caddy":
        certified()
    if name in OWN:
        return subprocess.check_call(shlex.split(OWN[name].get(deed, "true")))
    if name.endswith(".target"):
        for each in " ".join(values(unit_of(name), "Wants")).split():
            do(deed, each)
        return
    if name.endswith(".timer"):
        return print("starts", unit_of(name.removesuffix(".timer")), values(unit_of(name), "OnCalendar"))
    if deed in ("stop", "restart"):
        stop(name)
    if deed == "reload" and pid_of(name):
        words = values(unit_of(name), "ExecReload")[-1].replace("$MAINPID", str(pid_of(name)))
        return subprocess.check_call(shlex.split(words))
    if deed in ("start", "restart", "reload"):
        if pid_of(name):
            return
        start(name)

if not os.environ.get("WALK_APART"):
    sys.exit("systemctl: services are not started where the world is; do this in a block without `online`")
RUN.mkdir(exist_ok=True)
deed, *words = sys.argv[1:]
names = [word for word in words if not word.startswith("-")]
if deed == "daemon-reload":
    sys.exit()
for name in names:
    unit = None if name in OWN else unit_of(name)
    if deed in ("enable", "disable"):
        if unit:
            link(name, deed)
        if "--now" in words:
            do("start" if deed == "enable" else "stop", name)
    else:
        do(deed, name)
'''

SINK = r'''"""A mail server that takes mail by STARTTLS after a login, and keeps it with how it came."""
import asyncio, json, pathlib, ssl, time
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

class Keep:
    async def handle_DATA(self, server, session, envelope):
        facts = {"tls": session.ssl is not None, "login": bool(session.authenticated),
                 "to": envelope.rcpt_tos, "mail": envelope.content.decode("utf-8", "replace")}
        place = pathlib.Path("/run/walk/sink") / f"{time.time_ns()}.json"
        place.with_suffix(".part").write_text(json.dumps(facts))
        place.with_suffix(".part").rename(place)
        return "250 taken"

def may(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"rtpy", b"the password there")
    return AuthResult(success=good)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/run/walk/smtp.crt", "/run/walk/smtp.key")
controller = Controller(Keep(), hostname="127.0.0.1", port=587, tls_context=context, require_starttls=True,
                        authenticator=may, auth_required=True, auth_require_tls=True)
controller.start()
print("ready", flush=True)
while True:
    time.sleep(3600)
'''

MAKE_CERTIFICATES = r"""
cd /run/walk
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Authority of one walk" -keyout ca.key -out ca.crt
for name in help smtp; do
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$name.example.com" -keyout $name.key -out $name.csr
    printf 'subjectAltName=DNS:%s.example.com\n' $name > $name.ext
    openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile $name.ext -out $name.crt
done
mkdir -p /etc/letsencrypt/live/help.example.com
cat help.crt ca.crt > help.pem
chmod a+r help.key
cp help.pem /etc/letsencrypt/live/help.example.com/fullchain.pem
cp help.key /etc/letsencrypt/live/help.example.com/privkey.pem
chmod -R a+rX /etc/letsencrypt
chmod a+r /etc/letsencrypt/live/help.example.com/privkey.pem
"""

TRUST_AUTHORITY = r"""
cd /run/walk
cp ca.crt /usr/local/share/ca-certificates/walk.crt
update-ca-certificates
"""

SSH = r"""#!/bin/bash
# ssh and scp to old.example.com, which lies in /run/walk/old.
set -euo pipefail
old=root@old.example.com
if [ "${0##*/}" = ssh ]; then
    [ "$1" = $old ] || { echo "ssh: no such machine: $1" >&2; exit 255; }
    exec chroot /run/walk/old /bin/bash -c "${*:2}"
fi
for from in "${@:1:$#-1}"; do
    case "$from" in
    $old:/*) cp "/run/walk/old${from#$old:}" "${@: -1}" ;;
    *) echo "scp: this stand-in only fetches from $old" >&2; exit 255 ;;
    esac
done
"""
