"""What the tests talk to: the demo, and a relay with compressed frames beside it.

Programs are awaited by the line they print when they are up, and stopped with the fixture.
"""

import os
import queue
import re
import subprocess
import threading
from pathlib import Path

import pytest

from relay import Relay

WORKSPACE = Path(__file__).resolve().parents[2]
MILLRACE = os.environ.get("MILLRACE", str(WORKSPACE / "target" / "release" / "millrace"))
FEED = "stock_values"
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
PATIENCE = 60


class Program:
    """A started program whose output is kept, to be shown when it does not come up."""

    def __init__(self, *args):
        self._lines = queue.Queue()
        self._output = []
        self._process = subprocess.Popen(
            [MILLRACE, *map(str, args)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def address(self):
        """The address that it says it serves at; port 0 lets the system choose one."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                line = None
            if line is None:
                raise RuntimeError("not up:\n" + "".join(self._output))
            self._output.append(line)
            if found := ADDRESS.search(line):
                return found.group()

    def stop(self):
        """Ends it, by force if it does not end when asked to."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()


@pytest.fixture
def demo():
    """A demo of its own: broker, producer and relay. The producer waits to be resumed."""
    program = Program("demo", "--paused", "--rate", 2000, "--seed", 7, "--listen", "127.0.0.1:0")
    try:
        yield Relay(program.address(), FEED)
    finally:
        program.stop()


@pytest.fixture
def compressing(demo, tmp_path):
    """A relay that reads the demo's topic too, and offers its frames compressed."""
    config = tmp_path / "millrace.toml"
    config.write_text(
        f"""
[server]
listen = "127.0.0.1:0"

[[feed]]
name = "{FEED}"
source = {{ type = "kafka", brokers = "{demo.producer()["brokers"]}", topic = "{FEED}" }}
compression = "lz4"

[feed.schema]
timestamp = "timestamp(ms)"
ticker = "string"
close = "float64"
"""
    )
    program = Program("serve", "--config", config)
    try:
        yield Relay(program.address(), FEED)
    finally:
        program.stop()
