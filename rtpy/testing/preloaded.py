"""Imports what the processes of a site import, before they are forked; no plugin, as sites differ in these."""

import importlib
import pkgutil

for room in ("rtpy.web", "rtpy.rest2", "rtpy.cli"):
    for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
        importlib.import_module(found.name)
for room in ("rtpy.wsgi", "rtpy.jobs.worker", "waitress.server"):
    importlib.import_module(room)
