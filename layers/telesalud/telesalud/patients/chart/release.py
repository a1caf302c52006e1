"""The release of ICD-11 in use: one read-only index file, fetched once per process.

TELESALUD_TERMINOLOGY names it: a path, or `<key>#<sha256>` of an object in the blobs bucket, which
is copied to the temporary folder when a process first needs it and refused when its hash differs.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

from telesalud.patients.refusals import NoTerminology
from telesalud.patients.terminology.search import TerminologyIndex

_CHUNK = 1024 * 1024


class Source(Protocol):
    """Where a release's file is fetched."""

    def fetch(self, key: str, to: Path) -> None:
        """Write the object to a file. Raises OSError."""


def open_release(setting: str, source: Source, folder: Path | None = None) -> TerminologyIndex:
    """The index that the setting names. Raises NoTerminology, which says what to do."""
    if not setting:
        raise NoTerminology("import a release and name its index in TELESALUD_TERMINOLOGY")
    key, _, digest = setting.partition("#")
    path = _fetched(key, digest, source, folder) if digest else Path(key)
    try:
        return TerminologyIndex(path)
    except ValueError as error:
        raise NoTerminology("the index is missing or damaged; import the release again") from error


def _fetched(key: str, digest: str, source: Source, folder: Path | None) -> Path:
    """The file in the temporary folder; whole and right, or not there."""
    folder = folder or Path(tempfile.gettempdir())
    path = folder / f"terminology-{digest[:32]}.sqlite"
    if path.exists() and _sha256(path) == digest:
        return path
    # Renaming is atomic: a process that dies while fetching leaves no half index to be opened.
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        source.fetch(key, partial)
        if _sha256(partial) != digest:
            raise NoTerminology("the index in the bucket is not the one that is configured")
        partial.replace(path)
    except OSError as error:
        raise NoTerminology("the index cannot be fetched; see that it is in the bucket") from error
    finally:
        partial.unlink(missing_ok=True)
    return path


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
