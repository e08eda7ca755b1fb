"""Run beside podman: a PostgreSQL server that containers reach, with the database and the role of the page."""

import signal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from rtpy.testing.servers import throwaway_postgres

with throwaway_postgres(more=["listen_addresses=*", "port=5432"]) as url:
    folder = Path(parse_qs(urlsplit(url).query)["host"][0])
    with (folder / "data" / "pg_hba.conf").open("a") as rules:
        rules.write("host rtpy rtpy samenet scram-sha-256\nhost rtpy rtpy 10.0.0.0/8 scram-sha-256\n")
    with psycopg.connect(f"host={folder} user=postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE ROLE rtpy LOGIN PASSWORD 'PASSWORD'")
        connection.execute("CREATE DATABASE rtpy OWNER rtpy")
    print("ready", flush=True)
    waited = {signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, waited)
    signal.sigwait(waited)
print("ended", flush=True)
