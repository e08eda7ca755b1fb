"""Run inside, after the story: root enters a directory on the page, and Jane logs in with her password of it."""

import json
import sys
import time
from pathlib import Path

from site_of_walk import KEPT, PATIENCE, Browser, wait_until_ready

FACTS = Path("/run/walk/directory.json")


def main() -> None:
    until = time.monotonic() + PATIENCE
    while not FACTS.exists():
        if time.monotonic() > until:
            sys.exit("the directory server did not start")
        time.sleep(0.2)
    server = json.loads(FACTS.read_text())
    wait_until_ready()
    jane = Browser()
    if jane.log_in("jane", "secret of jane"):
        sys.exit("jane was let in before there was a directory")
    root = Browser(KEPT)
    address = "/admin/directories/create?kind=openldap"
    saved = root.send(
        root.open(address),
        "/admin/directories/create",
        {
            "name": "Our people",
            "urls": server["url"],
            "ca": server["authority"],
            "bind_dn": server["search_dn"],
            "bind_password": server["search_password"],
            "base_dn": f"ou=people,{server['base']}",
            "deed": "save",
        },
    )
    if "“Our people” is saved." not in saved:
        sys.exit("the directory was not taken")
    if jane.log_in("jane", "wrong"):
        sys.exit("jane was let in with a wrong password")
    if not jane.log_in("jane", "secret of jane"):
        sys.exit("jane could not log in with the password of the directory")
    print("jane logged in by LDAP over StartTLS")


if __name__ == "__main__":
    main()
