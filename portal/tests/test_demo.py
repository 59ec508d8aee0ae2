"""Proofs about the demo's comings and goings; what it shows is proved by the journeys."""

import json
import os
import signal
import socket
import stat
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from portal import engines
from portal.engines.redis_server import free_port
from portal.tests.processes import processes_of, servers_are_gone, started, until


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One data folder for all of this file: the second start is part of the proof."""
    with engines.temporary_folder("portal-proof-") as folder:
        yield folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Where the demo's own words go."""
    return tmp_path / "output"


def opened(folder: Path, port: int, output: Path) -> AbstractContextManager[subprocess.Popen]:
    return started("portal.demo", "--empty", "--port", str(port), "--data", str(folder), output=output)


class TestDemo:
    @pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_opens_a_bank_and_leaves_no_process(self, folder: Path, output: Path, sent: signal.Signals) -> None:
        port = free_port()
        with opened(folder, port, output) as process:
            assert until(lambda: f"http://localhost:{port}" in output.read_text()), output.read_text()
            with urllib.request.urlopen(f"http://localhost:{port}/health/ready") as answer:
                assert json.load(answer) == {"database": True, "broker": True, "worker": True, "heavy_worker": True}
            process.send_signal(sent)
            assert process.wait(60) == 0
        assert output.read_text().endswith("Stopped: no process of the demo is left.\n")
        assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
        assert servers_are_gone(folder)

    def test_leaves_no_process_when_it_is_killed(self, folder: Path, output: Path) -> None:
        port = free_port()
        with opened(folder, port, output) as process:
            assert until(lambda: f"http://localhost:{port}" in output.read_text()), output.read_text()
            process.kill()
            process.wait()
        assert until(lambda: servers_are_gone(folder), seconds=60), processes_of(folder)

    def test_tells_which_part_ended_and_stops(self, folder: Path, output: Path) -> None:
        port = free_port()
        with opened(folder, port, output) as process:
            assert until(lambda: f"http://localhost:{port}" in output.read_text()), output.read_text()
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            beat = next(pid for pid in children if b"\0beat\0" in Path(f"/proc/{pid}/cmdline").read_bytes())
            os.kill(int(beat), signal.SIGKILL)
            assert process.wait(60) == 1
        assert "The beat ended by itself" in output.read_text()
        assert servers_are_gone(folder)

    def test_refuses_a_port_in_use(self, folder: Path, output: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with opened(folder, port, output) as process:
                assert process.wait(60) == 1
        assert output.read_text() == f"Port {port} is in use. Choose another: make demo PORT={port + 1}\n"

    def test_resets(self, output: Path) -> None:
        with engines.temporary_folder("portal-proof-") as folder:
            (folder / "logs").mkdir()
            with started("portal.demo", "--reset", "--data", str(folder), output=output) as process:
                assert process.wait(60) == 0
            assert not folder.exists()
