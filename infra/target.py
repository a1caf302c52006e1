"""What the code is built for: AWS Lambda, or this machine under the emulator."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.tools import run, uv

LAMBDA_PYTHON = "3.13"
LAMBDA_RUNTIME = f"python{LAMBDA_PYTHON}"
LAMBDA_ARCHITECTURE = "arm64"


@dataclass(frozen=True)
class Target:
    """`platform` as uv names it (None: this machine), `python` as major.minor."""

    name: str
    platform: str | None
    python: str
    bytecode: bool = True

    def interpreter(self) -> Path:
        """A Python of the target's version, to compile bytecode with.

        Raises LookupError when this machine has none: build with BYTECODE=0 then, at the
        price of a slower cold start.
        """
        if self.python == f"{sys.version_info.major}.{sys.version_info.minor}":
            return Path(sys.executable)
        for candidate in _pythons(self.python):
            if _version(candidate) == self.python:
                return candidate
        raise LookupError(
            f"no Python {self.python} to compile bytecode with; "
            f"install it ({uv()} python install {self.python}) or set BYTECODE=0"
        )


def _pythons(version: str) -> Iterator[Path]:
    """Where Pythons of `version` usually are: PATH, pyenv's folder, uv's own."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for folder in folders:
        yield Path(folder) / f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python"))
    managed = Path(run(uv(), "python", "dir").strip())
    yield from sorted(managed.glob(f"cpython-{version}.*/bin/python"))


def _version(interpreter: Path) -> str | None:
    """Its major.minor, or None when it does not run (a pyenv shim without that version)."""
    if not interpreter.exists():
        return None
    done = subprocess.run(
        [interpreter, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else None


def aws_target(bytecode: bool = True) -> Target:
    """Lambda on Graviton: 20 % cheaper a millisecond than x86."""
    return Target("aws", "aarch64-manylinux_2_28", LAMBDA_PYTHON, bytecode)


def local_target(bytecode: bool = True) -> Target:
    """The emulator runs functions with the interpreter it was installed with: this one."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Target("local", None, version, bytecode)
