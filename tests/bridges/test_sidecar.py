"""The sidecar holds up a bridge's stop until its calls have ended."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jitsi_cluster.sidecar import drain_on_stop
from jitsi_cluster.sidecar.drain_on_stop import Patience, drain
from tests.bridges.fake_bridge import FakeBridge

QUICK = Patience(hard_limit=20, poll=0.05, empty_for=0.1, dead_after=0.3)


@pytest.fixture
def bridge() -> Iterator[FakeBridge]:
    fake = FakeBridge()
    yield fake
    fake.die()


def test_a_bridge_is_drained_and_waited_for_until_the_last_call_ends(bridge: FakeBridge) -> None:
    bridge.join(2)
    outcome: list[str] = []
    waiting = threading.Thread(
        target=lambda: outcome.append(drain(f"http://{bridge.address}", QUICK))
    )
    waiting.start()
    time.sleep(0.4)
    assert bridge.drain
    assert not bridge.join(2)
    assert outcome == []
    time.sleep(0.2)
    assert bridge.asked == ["drain", "shutdown"]
    bridge.participants = 0  # a bridge lingers for a minute before it exits
    waiting.join(5)
    assert outcome == ["emptied"]


def test_a_bridge_that_exits_once_it_is_empty_has_not_died(bridge: FakeBridge) -> None:
    patience = Patience(hard_limit=20, poll=0.05, empty_for=60, dead_after=60)
    looks: list[float] = []

    def exit_after_it_was_seen_empty(seconds: float) -> None:
        if bridge.graceful:
            looks.append(seconds)
        if len(looks) == 2:
            bridge.die()
        time.sleep(seconds)

    address = f"http://{bridge.address}"
    assert drain(address, patience, sleep=exit_after_it_was_seen_empty) == "emptied"


def test_the_drain_is_asked_for_again_when_the_bridge_forgot_it(bridge: FakeBridge) -> None:
    bridge.join(1)

    def forget(seconds: float) -> None:
        bridge.drain = len(bridge.asked) > 2
        if bridge.drain and bridge.participants:
            bridge.leave(1)
        time.sleep(seconds)

    assert drain(f"http://{bridge.address}", QUICK, sleep=forget) == "emptied"
    assert bridge.asked == [*["drain"] * 3, "shutdown"]


def test_calls_are_given_up_at_the_hard_limit(bridge: FakeBridge) -> None:
    bridge.join(2)
    started = time.monotonic()
    patience = Patience(hard_limit=0.5, poll=0.1, empty_for=0.1, dead_after=5)
    assert drain(f"http://{bridge.address}", patience) == "hard_limit"
    assert 0.5 <= time.monotonic() - started < 3


def test_a_bridge_that_died_is_not_waited_for(bridge: FakeBridge) -> None:
    bridge.join(2)
    bridge.die()
    assert drain(f"http://{bridge.address}", QUICK) == "died"


def test_the_stop_signal_begins_the_drain_and_the_process_ends_with_it(
    bridge: FakeBridge,
) -> None:
    script = Path(drain_on_stop.__file__)
    command = [sys.executable, str(script), "--bridge", f"http://{bridge.address}"]
    assert subprocess.run([*command, "--check"], check=False).returncode == 0
    bridge.join(1)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "waiting" in process.stdout.readline()
    assert not bridge.drain
    process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 10
    while not bridge.drain and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.poll() is None
    bridge.leave(1)
    assert process.wait(20) == 0
    assert '"emptied"' in process.stdout.read()
    process.stdout.close()
