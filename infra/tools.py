"""Paths and command-line tools shared by the packager, the deployer and the local cloud."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
ENVIRONMENTS = ROOT / ".local" / "environments"
FUNCTIONS = ROOT / "functions"


def apps() -> tuple[str, ...]:
    """Names of the Chalice apps that exist."""
    return tuple(sorted(path.parent.name for path in FUNCTIONS.glob("*/app.py")))


class CommandFailed(RuntimeError):
    """An external command ended with an error; the message carries its output."""


def run(*command: str | Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> str:
    """Run `command` and return what it printed; raise CommandFailed with its output otherwise."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env) if env is not None else None,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        shown = " ".join(str(part) for part in command)
        raise CommandFailed(f"exit {done.returncode}: {shown}\n{done.stdout[-8000:]}")
    return done.stdout


def uv() -> Path:
    """The uv that requirements/dev.txt pins, beside the running interpreter."""
    return Path(sys.executable).parent / "uv"


def environment(name: str) -> Path:
    """Bin folder of the tool environment `name`, made from requirements/<name>.txt if needed.

    The emulator, awscli and checkov each pin one exact botocore, so none can share
    the project's environment.
    """
    lock = ROOT / "requirements" / f"{name}.txt"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    place = ENVIRONMENTS / name
    stamp = place / "lock.sha256"
    with exclusive(ENVIRONMENTS / f"{name}.lock"):
        if not stamp.exists() or stamp.read_text() != wanted:
            interpreter = place / "bin" / "python"
            run(uv(), "venv", "--quiet", "--clear", "--python", sys.executable, place)
            sync = ("pip", "sync", "--quiet", "--require-hashes", "--python", interpreter, lock)
            run(uv(), *sync)
            stamp.write_text(wanted)
    return place / "bin"


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold `lock` against other processes, waiting for it if need be."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fingerprint(*sources: Path | str) -> str:
    """SHA-256 over the content and relative names of files, folders (recursive) and strings."""
    digest = hashlib.sha256()
    for source in sources:
        if isinstance(source, str):
            digest.update(b"s" + source.encode() + b"\0")
            continue
        for path in source_files(source):
            digest.update(b"f" + str(path.relative_to(ROOT)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def source_files(place: Path) -> list[Path]:
    """Files under `place` (or the file itself), sorted, without bytecode."""
    if place.is_file():
        return [place]
    return sorted(
        path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
