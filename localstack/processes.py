"""Background processes of the local cloud: pid files, health wait, clean stop."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 60
ORPHAN_SECONDS = 3


class NotStarted(RuntimeError):
    """A background process ended or did not answer in time; the message carries its log's end."""


def alive(pid_file: Path) -> int | None:
    """Pid of the process the file names, or None when it is gone (the stale file is removed)."""
    try:
        pid, marker = pid_file.read_text().split(maxsplit=1)
    except FileNotFoundError:
        return None
    if _start_marker(int(pid)) == marker.strip():
        return int(pid)
    pid_file.unlink(missing_ok=True)
    return None


def _start_marker(pid: int) -> str | None:
    """Something that tells this process from a later one with the same number."""
    try:
        state, start = (
            Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[i] for i in (0, 19)
        )
    except FileNotFoundError:
        return _ps_start(pid)
    return None if state == "Z" else start


def _ps_start(pid: int) -> str | None:
    """Start time by `ps`, for systems without /proc (macOS)."""
    if Path("/proc/self/stat").exists():
        return None
    done = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or None


def start(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    pid_file: Path,
    log: Path,
    health_url: str,
    waiting: Callable[[float], None],
) -> int:
    """Start `command` in a session of its own and return its pid once `health_url` answers.

    `waiting` is called with the seconds waited so far, about twice a second.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    pid_file.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,  # what it writes (state, keys, logs) is its owner's alone
        )
    pid_file.write_text(f"{process.pid} {_start_marker(process.pid)}")
    began = time.monotonic()
    while not answers(health_url):
        waited = time.monotonic() - began
        if process.poll() is not None or waited > START_SECONDS:
            process.terminate()
            end_group(process.pid)
            pid_file.unlink(missing_ok=True)
            raise NotStarted(f"{command[0]} did not start; {log} ends with:\n{_tail(log)}")
        waiting(waited)
        time.sleep(0.25)
    return process.pid


def answers(url: str) -> bool:
    """Whether an HTTP server answers at `url` with a status below 500."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback only
            return int(answer.status) < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def stop(pid_file: Path) -> bool:
    """Ask the process to end and wait until it has; False when it was not running.

    Never kills it: the emulator writes its state on a clean exit only. What it started itself
    (workers of functions) ends with it, whatever that is doing.
    """
    pid = alive(pid_file)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while alive(pid_file) is not None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} has not ended after {STOP_SECONDS} s")
        _reap(pid)
        time.sleep(0.1)
    end_group(pid)
    return True


def end_group(leader: int) -> None:
    """End whatever is left of the process group that `start` made around its process.

    A number is not given to another process while a group has it.
    """
    for ending, seconds in ((signal.SIGTERM, ORPHAN_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        deadline = time.monotonic() + seconds
        try:
            os.killpg(leader, ending)
            while time.monotonic() < deadline:
                _reap(leader)
                os.killpg(leader, 0)
                time.sleep(0.05)
        except ProcessLookupError:
            return


def _reap(pid: int) -> None:
    """Collect a child that this very process started, or it would look alive for ever."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # started by an earlier command: init collects it


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
