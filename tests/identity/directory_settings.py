"""What tests type into the form of a directory."""

from rtpy.identity.directories.presets import PRESETS
from rtpy.testing.directory import BASE, DirectoryServer

OURS = f"ou=people,{BASE}"
TECHS = f"cn=techs,ou=groups,{BASE}"


def typed(server: DirectoryServer, **more: str) -> dict[str, str]:
    """Settings that are right for `ou=people` of the server, by StartTLS; `more` goes before."""
    return {
        **PRESETS["openldap"],
        "name": "Our people",
        "urls": server.url,
        "ca": server.authority,
        "bind_dn": server.search_dn,
        "bind_password": server.search_password,
        "base_dn": OURS,
        "active_filter": "(!(employeeType=former))",
        "group_base_dn": f"ou=groups,{BASE}",
        "privileged": "1",
        **more,
    }


def corp(server: DirectoryServer, **more: str) -> dict[str, str]:
    """The same for `ou=corp`, which looks like Active Directory."""
    return typed(
        server,
        **{
            "name": "Corp",
            "base_dn": f"ou=corp,{BASE}",
            "group_base_dn": f"ou=corp,{BASE}",
            "person_filter": "(objectClass=adUser)",
            "active_filter": "(!(userAccountControl:1.2.840.113556.1.4.803:=2))",
            "login_attributes": "sAMAccountName, userPrincipalName, mail",
            "unique_attribute": "objectGUID",
            "group_filter": "(objectClass=adGroup)",
            "map_real_name": "displayName",
            **more,
        },
    )
