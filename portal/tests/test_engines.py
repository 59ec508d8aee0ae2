"""Proofs about the engines."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from portal import engines
from portal.engines import dumps
from portal.engines.folders import PROJECT
from portal.pytest_engines import own_part
from portal.tests.processes import plain_environment, servers_are_gone, started, until

SLEEP = "import sys, time; print('up', flush=True); time.sleep(60)"


def ask(url: str, question: str) -> list[tuple]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that the servers' user can reach: pytest's own is private."""
    with engines.temporary_folder("portal-proof-") as folder:
        yield folder


class TestRunning:
    def test_gives_a_database_to_an_owner_and_a_runtime_role_without_rights_of_its_own(self, folder: Path) -> None:
        with engines.running(folder, fast=True) as running:
            roles = ask(running.database_url, "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles")
            assert {role for role in roles if role[0].startswith("portal_")} == {
                ("portal_owner", False, True, False),
                ("portal_runtime", False, False, False),
            }
            ask(running.database_owner_url, "CREATE TABLE kept ()")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                ask(running.database_url, "CREATE TABLE refused ()")

    def test_gives_a_redis_that_asks_for_a_password(self, folder: Path) -> None:
        with engines.running(folder, fast=True) as running:
            with redis.Redis.from_url(running.redis_url) as client:
                assert client.ping() is True
            stranger = redis.Redis(port=client.get_connection_kwargs()["port"])
            with stranger, pytest.raises(redis.AuthenticationError):
                stranger.ping()

    def test_leaves_no_server_and_keeps_the_data(self, folder: Path) -> None:
        with engines.running(folder, fast=False) as running:
            ask(running.database_owner_url, "CREATE TABLE kept ()")
        assert servers_are_gone(folder)
        with engines.running(folder, fast=False) as running:
            assert ask(running.database_owner_url, "SELECT * FROM kept") == []

    def test_refuses_a_folder_in_use(self, folder: Path) -> None:
        with engines.running(folder, fast=True):
            again = engines.running(folder, fast=True)
            with pytest.raises(engines.EngineRefused, match=r"Already running on .* \(process \d+\)"):
                again.__enter__()

    def test_survives_a_stale_process_number(self, folder: Path) -> None:
        with engines.running(folder, fast=False):
            pass
        stale = f"{os.getppid()}\n{folder}/postgres\n1\n5432\n{folder}/run\n\n  0 0\nready   \n"
        (folder / "postgres" / "postmaster.pid").write_text(stale)
        with engines.running(folder, fast=False) as running:
            assert ask(running.database_url, "SELECT 1") == [(1,)]

    def test_starts_nothing_where_servers_are_given(self, folder: Path) -> None:
        given = {"DATABASE_URL": "postgresql://elsewhere/bank", "REDIS_URL": "redis://elsewhere"}
        with engines.running(folder, given=given) as running:
            assert running.environment() == given
            assert not (folder / "postgres").exists()

    def test_makes_a_database_again_from_what_was_written_of_it(self, folder: Path) -> None:
        with engines.running(folder, fast=True) as running:
            owner, again = running.database_owner_url, running.database_owner_url.replace("/portal?", "/again?")
            ask(owner, "CREATE TABLE coin (worth numeric CHECK (worth > 0)); INSERT INTO coin VALUES (2)")
            ask(owner, "GRANT SELECT ON coin TO portal_runtime")
            dumps.dump(owner, folder / "coins.sql")
            dumps.create(again)
            dumps.restore(folder / "coins.sql", again)
            assert ask(again, "SET ROLE portal_runtime; SELECT worth FROM coin") == [(2,)]
            with pytest.raises(psycopg2.errors.CheckViolation):
                ask(again, "INSERT INTO coin VALUES (0)")

    def test_refuses_a_path_that_is_no_folder(self, folder: Path) -> None:
        (folder / "file").touch()
        refused = engines.running(folder / "file")
        with pytest.raises(engines.EngineRefused, match="is not a folder of this user"):
            refused.__enter__()


class TestCommand:
    def test_hands_the_addresses_to_the_command_and_its_exit_code_back(self, folder: Path) -> None:
        program = "import os, sys; sys.exit(7 if {'DATABASE_URL', 'REDIS_URL'} <= set(os.environ) else 1)"
        command = ["-m", "portal.engines", "--fast", "--data", str(folder), "--", sys.executable, "-c", program]
        done = subprocess.run([sys.executable, *command], cwd=PROJECT, env=plain_environment(), check=False)
        assert done.returncode == 7
        assert servers_are_gone(folder)

    @pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_hands_signals_on_and_ends(self, folder: Path, sent: signal.Signals) -> None:
        output = folder / "output"
        arguments = ["--fast", "--data", str(folder), "--", sys.executable, "-c", SLEEP]
        with started("portal.engines", *arguments, output=output) as process:
            assert until(lambda: "up" in output.read_text())
            process.send_signal(sent)
            assert process.wait(30) == 128 + sent
        assert servers_are_gone(folder)

    def test_takes_everything_along_when_killed(self, folder: Path) -> None:
        output = folder / "output"
        arguments = ["--data", str(folder), "--", sys.executable, "-c", SLEEP]
        with started("portal.engines", *arguments, output=output) as process:
            assert until(lambda: "up" in output.read_text())
            process.kill()
            process.wait()
        assert until(lambda: servers_are_gone(folder), seconds=20)
        with engines.running(folder) as running:
            assert ask(running.database_url, "SELECT 1") == [(1,)]


class TestWorkersOfOneRun:
    def test_have_a_part_of_redis_and_a_folder_of_files_each(self) -> None:
        given = {"REDIS_URL": "redis://:secret@127.0.0.1:6379/0", "FILES_ROOT": "/files"}
        assert own_part("gw3", given) == {"REDIS_URL": "redis://:secret@127.0.0.1:6379/3", "FILES_ROOT": "/files/gw3"}
