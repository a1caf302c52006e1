"""Zip files whose bytes depend on their content only, with bytecode beside the source."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from infra.tools import run

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip entry can hold


def write_zip(target: Path, roots: Iterable[tuple[Path, str]]) -> None:
    """Zip every file below each root under its prefix, in name order, with a fixed time."""
    entries: dict[str, Path] = {}
    for root, prefix in roots:
        for path in root.rglob("*"):
            if path.is_file():
                entries[prefix + path.relative_to(root).as_posix()] = path
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            if os.access(entries[name], os.X_OK) and entries[name].suffix == ".so":
                info.external_attr = 0o755 << 16
            archive.writestr(info, entries[name].read_bytes())
    partial.replace(target)


def compile_bytecode(place: Path, installed_at: str, interpreter: Path) -> None:
    """Byte-compile every source below `place` for `interpreter`'s Python version.

    Unchecked-hash pycs: Lambda's code folders are read-only and their file times mean
    nothing, so the default time check would make Python compile every module again at
    each cold start (PEP 552). `installed_at` is the path tracebacks shall show.
    """
    for stale in place.rglob("__pycache__"):
        shutil.rmtree(stale)
    options = ("-q", "--invalidation-mode", "unchecked-hash", "-s", str(place), "-p", installed_at)
    run(interpreter, "-m", "compileall", *options, place)
