"""A directory server for tests: slapd with TLS of its own authority, people, nested groups, a tree like AD's.

Below `base`: `ou=people` with `uid`, `ou=groups` with groups of names in each other (and in a circle), and `ou=corp`
with `sAMAccountName`, `objectGUID` and `userAccountControl`. Every password is `secret of <login>`.
"""

import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

from rtpy.testing.certificates import make_certificates
from rtpy.testing.servers import answers, free_port, missing_servers, running, slapd_program

BASE = "dc=example,dc=com"
PHOTO = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080030002001011100ffd9")
"""The photo of carol in `ou=people`: what a JPEG begins and ends with, 32 times 48 pixels."""
GUIDS = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


@dataclass(frozen=True, slots=True)
class DirectoryServer:
    """A running directory. `search_dn` reads everything but passwords; `admin` writes."""

    url: str
    """For StartTLS, or none."""
    tls_url: str
    authority: str
    base: str = BASE
    admin: str = f"cn=admin,{BASE}"
    password: str = "admin-secret"
    search_dn: str = f"uid=search,ou=people,{BASE}"
    search_password: str = "secret of search"
    few_dn: str = f"uid=few,ou=people,{BASE}"
    """May read the first three entries of an answer, and is then cut off."""


def guid_of(login: str) -> UUID:
    """The `objectGUID` of somebody or some group in `ou=corp`."""
    return uuid5(GUIDS, login)


@contextmanager
def throwaway_directory(
    directory: Path, more: str = "", *, certified: str = "127.0.0.1"
) -> Iterator[DirectoryServer]:
    """Such a server on free ports of 127.0.0.1, with `more` (LDIF) below `base`; its files lie in `directory`.

    Its certificate is for the address `certified`.

    Raises FileNotFoundError when slapd is not installed.
    """
    slapd, slapadd = slapd_program("slapd"), slapd_program("slapadd")
    if slapd is None or slapadd is None:
        raise FileNotFoundError(missing_servers().get("slapd", "slapadd is not installed."))
    (directory / "db").mkdir(parents=True)
    made = make_certificates(directory, address=certified)
    plain, tls = free_port(), free_port()
    server = DirectoryServer(f"ldap://127.0.0.1:{plain}", f"ldaps://127.0.0.1:{tls}", made.authority)
    settings, ldif = directory / "slapd.conf", directory / "seed.ldif"
    settings.write_text(
        _SETTINGS.format(directory=directory, server=server, certificate=made.certificate, key=made.key)
    )
    ldif.write_text(_entries() + more, encoding="utf-8")
    try:
        subprocess.run(
            [slapadd, "-q", "-f", settings, "-l", ldif], check=True, capture_output=True, text=True
        )
    except subprocess.CalledProcessError as failed:
        raise RuntimeError(f"slapadd did not take the entries:\n{failed.stderr[-2000:]}") from failed
    command = [slapd, "-f", settings, "-h", f"{server.url}/ {server.tls_url}/", "-d", "0"]
    try:
        with running(command, directory, lambda: all(answers("127.0.0.1", port) for port in (plain, tls))):
            yield server
    finally:
        shutil.rmtree(directory / "db", ignore_errors=True)


def _entries() -> str:
    people = "\n".join(
        (
            _unit("people"),
            _unit("groups"),
            _unit("corp"),
            _person("search", "Search", "Account"),
            _person("few", "Few", "Answers"),
            _person("jane", "Jane", "Doe", "jane@example.com", phone="+49 30 1", manager="carol"),
            _person("bob", "Bob", "Öztürk", "bob@example.com", manager="jane"),
            _person("carol", "Carol", "Kim", "carol@example.com", lang="de,en;q=0.5", photo=PHOTO),
            _person("dave", "Dave", "Left", "dave@example.com", kind="former"),
            _person("erin", "Erin", "Mail Less"),
        )
    )
    groups = "\n".join(
        (
            _group("techs", "uid=jane,ou=people", "cn=seniors,ou=groups"),
            _group("seniors", "uid=carol,ou=people", "cn=techs,ou=groups"),
            _group("everybody", "cn=techs,ou=groups", "uid=bob,ou=people", "uid=erin,ou=people"),
        )
    )
    corp = "\n".join(
        (
            _corp_person("wendy", "Wendy", "Wong", 512),
            _corp_person("victor", "Victor", "Vance", 512, manager="wendy"),
            _corp_person("ulla", "Ulla", "Ünal", 514),
            _corp_group("Technik", _corp("wendy"), f"cn=Leitung,ou=corp,{BASE}"),
            _corp_group("Leitung", _corp("victor"), _corp("ulla")),
        )
    )
    return (
        f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n"
        + "\n".join((people, groups, corp, _referral()))
    )


def _unit(name: str) -> str:
    return f"dn: ou={name},{BASE}\nobjectClass: organizationalUnit\nou: {name}\n"


def _person(
    login: str,
    given: str,
    surname: str,
    mail: str = "",
    *,
    phone: str = "",
    manager: str = "",
    lang: str = "",
    kind: str = "staff",
    photo: bytes = b"",
) -> str:
    lines = [
        f"dn: uid={login},ou=people,{BASE}",
        "objectClass: inetOrgPerson",
        f"uid: {login}",
        f"cn: {given} {surname}",
        f"sn: {surname}",
        f"givenName: {given}",
        f"employeeType: {kind}",
        f"userPassword: secret of {login}",
        *([f"mail: {mail}"] if mail else []),
        *([f"telephoneNumber: {phone}"] if phone else []),
        *([f"manager: uid={manager},ou=people,{BASE}"] if manager else []),
        *([f"preferredLanguage: {lang}"] if lang else []),
        *([f"jpegPhoto:: {_base64(photo)}"] if photo else []),
    ]
    return "\n".join(lines) + "\n"


def _group(name: str, *members: str) -> str:
    lines = [f"dn: cn={name},ou=groups,{BASE}", "objectClass: groupOfNames", f"cn: {name}"]
    return "\n".join([*lines, *(f"member: {member},{BASE}" for member in members)]) + "\n"


def _corp(login: str) -> str:
    return f"cn={login},ou=corp,{BASE}"


def _corp_person(login: str, given: str, surname: str, control: int, *, manager: str = "") -> str:
    lines = [
        f"dn: {_corp(login)}",
        "objectClass: adUser",
        f"cn: {login}",
        f"sn: {surname}",
        f"displayName: {given} {surname}",
        f"sAMAccountName: {login}",
        f"userPrincipalName: {login}@corp.example.com",
        f"mail: {login}@corp.example.com",
        f"userAccountControl: {control}",
        f"objectGUID:: {_base64(guid_of(login).bytes_le)}",
        f"userPassword: secret of {login}",
        *([f"manager: {_corp(manager)}"] if manager else []),
    ]
    return "\n".join(lines) + "\n"


def _corp_group(name: str, *members: str) -> str:
    lines = [
        f"dn: cn={name},ou=corp,{BASE}",
        "objectClass: adGroup",
        f"cn: {name}",
        f"objectGUID:: {_base64(guid_of(name).bytes_le)}",
    ]
    return "\n".join([*lines, *(f"member: {member}" for member in members)]) + "\n"


def _referral() -> str:
    """Points to a server that nobody may follow to; it stands where people are looked for."""
    return (
        f"dn: ou=elsewhere,ou=people,{BASE}\nobjectClass: referral\nobjectClass: extensibleObject\n"
        "ou: elsewhere\nref: ldap://127.0.0.1:1/ou=elsewhere\n"
    )


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


_SETTINGS = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.3.6.1.4.1.4203.666.1.901 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.902 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.903 NAME 'userAccountControl' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.904 NAME 'objectGUID' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.3.901 NAME 'adUser' SUP inetOrgPerson STRUCTURAL
  MAY ( sAMAccountName $ userPrincipalName $ userAccountControl $ objectGUID ) )
objectclass ( 1.3.6.1.4.1.4203.666.3.902 NAME 'adGroup' SUP top STRUCTURAL
  MUST cn MAY ( member $ objectGUID $ description ) )
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {directory}/slapd.pid
TLSCACertificateFile {certificate}
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
# As Active Directory: a name without a password is answered with yes, and is nobody.
allow bind_anon_cred bind_anon_dn
database mdb
maxsize 67108864
suffix "{server.base}"
rootdn "{server.admin}"
rootpw {server.password}
directory {directory}/db
dbnosync
index objectClass,uid,mail,member,entryUUID,sAMAccountName,objectGUID eq
limits dn.exact="{server.few_dn}" size.soft=3 size.hard=3 size.prtotal=3
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{server.search_dn}" read by dn.exact="{server.few_dn}" read by self read by * search
"""
