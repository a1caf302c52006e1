"""The classifications in use: read-only index files, each fetched once per process.

TELESALUD_TERMINOLOGY names the folder of the blobs bucket in which `telesalud terminology import`
published them (`terminology.publishing`). A process copies an index to its temporary folder when
it first needs it, refuses it when its hash differs, and looks every ten minutes whether another
one is in use: a new release needs no deployment.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from telesalud.patients.errors import NoTerminology
from telesalud.patients.terminology.publishing import Pointer, Source, present, sha256_of
from telesalud.patients.terminology.search import TerminologyIndex
from telesalud.platform.errors import Unavailable
from telesalud.platform.logs import get_logger

RECHECK: Final = 600.0
"""Seconds after which a process looks for a new release."""


class _Open(NamedTuple):
    pointer: Pointer
    reader: TerminologyIndex
    until: float


class Releases:
    """The indexes of one process."""

    def __init__(
        self,
        folder: str,
        source: Source,
        *,
        disk: Path | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._source = source
        self._disk = disk or Path(tempfile.gettempdir())
        self._seconds = seconds
        self._open: dict[str, _Open] = {}

    def open(self, name: str) -> TerminologyIndex:
        """The index in use under this name. Raises NoTerminology, which says what to do."""
        held = self._open.get(name)
        if held is not None and self._seconds() < held.until:
            return held.reader
        try:
            fresh = self._newest(name, held)
        except NoTerminology as missing:
            if held is None:
                raise
            get_logger().warning("the earlier index stays in use", reason=missing.detail)
            fresh = held._replace(until=self._seconds() + RECHECK)
        self._open[name] = fresh
        return fresh.reader

    def in_use(self, name: str) -> str | None:
        """Which release is published under this name; None where none was imported.

        Reads the pointer only. Raises Unavailable when it is damaged.
        """
        if not self._folder:
            return None
        scratch = self._disk / f"terminology-{name}.{os.getpid()}.in-use.json"
        try:
            pointer = present(self._source, self._folder, name, scratch)
        except ValueError as error:
            raise Unavailable("the pointer to the index is damaged; import it again") from error
        finally:
            scratch.unlink(missing_ok=True)
        return pointer.release if pointer else None

    def _newest(self, name: str, held: _Open | None) -> _Open:
        if not self._folder:
            raise NoTerminology("name the folder of the indexes in TELESALUD_TERMINOLOGY")
        scratch = self._disk / f"terminology-{name}.{os.getpid()}.json"
        try:
            pointer = present(self._source, self._folder, name, scratch)
        except ValueError as error:
            raise NoTerminology("the pointer to the index is damaged; import it again") from error
        finally:
            scratch.unlink(missing_ok=True)
        if pointer is None:
            raise NoTerminology(f"import {name} with `telesalud terminology import`")
        until = self._seconds() + RECHECK
        if held is not None and held.pointer == pointer:
            return held._replace(until=until)
        try:
            return _Open(pointer, TerminologyIndex(self._fetched(pointer)), until)
        except ValueError as error:
            raise NoTerminology("the index is damaged; import the release again") from error

    def _fetched(self, pointer: Pointer) -> Path:
        """The file in the temporary folder; whole and right, or not there."""
        path = self._disk / f"terminology-{pointer.sha256[:32]}.sqlite"
        if path.exists() and sha256_of(path) == pointer.sha256:
            return path
        # Renaming is atomic: a process that dies while fetching leaves no half index to be opened.
        partial = path.with_suffix(f".{os.getpid()}.partial")
        try:
            self._source.fetch(pointer.key, partial)
            if sha256_of(partial) != pointer.sha256:
                raise NoTerminology("the index in the bucket is not the one that was published")
            partial.replace(path)
        except OSError as error:
            raise NoTerminology("the index cannot be fetched; import it again") from error
        finally:
            partial.unlink(missing_ok=True)
        return path
