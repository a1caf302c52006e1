"""One SQLCipher file: one writer at a time, readers beside it, nothing lost when power is.

Tables:

- `item(tbl, pk, sk, v, body, expires)`: every context's items; `body` is CBOR (RFC 8949).
- `stream(seq, tbl, pk, sk)`: items of a kind that were inserted, in the order of their commits.
- `cursor(name, seq)`: how far a follower of the stream, or of anything else, has come.
- `kept(name, body)`: what belongs to the installation: its keys, its secrets, its parameters.
- `file(area, path, …)`: people's files; their content lies beside the database, each under a key
  that only this row holds, so that a deleted row destroys it.
- `object(bucket, name, body)` and `written(bucket, name, body)`: the installation's own, and what
  is written once.
- `message(id, queue, body, due, tries, dead)` and `execution(machine, name, data, due)`.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING, Final

from telesalud.platform.errors import Unavailable
from telesalud.platform.store import StoreBusy

if TYPE_CHECKING:
    import sqlite3 as sqlcipher3  # the same interface; SQLCipher's has no types of its own
else:
    import sqlcipher3

Connection = sqlcipher3.Connection

RESERVE: Final = 32 * 1024 * 1024
"""Bytes of the disk that only audit entries may fill, so that reading goes on when it is full."""
_WAIT_SECONDS: Final = 10.0
_READERS: Final = 8
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS item (
    tbl TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL,
    v INTEGER NOT NULL, body BLOB NOT NULL, expires INTEGER,
    PRIMARY KEY (tbl, pk, sk)) STRICT;
CREATE INDEX IF NOT EXISTS item_expires ON item (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS stream (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    tbl TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS cursor (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS file (
    store TEXT NOT NULL, area TEXT NOT NULL, path TEXT NOT NULL, content_type TEXT NOT NULL,
    size INTEGER NOT NULL, etag TEXT NOT NULL, name TEXT NOT NULL, key BLOB NOT NULL,
    until INTEGER, PRIMARY KEY (store, area, path)) STRICT;
CREATE TABLE IF NOT EXISTS object (
    bucket TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (bucket, name)) STRICT;
CREATE TABLE IF NOT EXISTS written (
    bucket TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (bucket, name)) STRICT;
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, body TEXT NOT NULL,
    due INTEGER NOT NULL, tries INTEGER NOT NULL, dead INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS message_due ON message (queue, dead, due);
CREATE TABLE IF NOT EXISTS execution (
    machine TEXT NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, due INTEGER,
    PRIMARY KEY (machine, name)) STRICT;
"""


class StoreFull(Unavailable):
    """The disk is full: nothing was written, and what is there can still be read."""

    slug = "disk-full"
    status = 507
    title = "The disk is full"

    def __init__(self) -> None:
        super().__init__(
            "nothing was saved; free space on this computer's disk and try again, "
            "what is already here can still be read"
        )


class WrongKey(Exception):
    """The file cannot be opened with this key, or is no database of ours."""


class Database:
    """The file at `path`, opened with a key of 32 bytes. Raises WrongKey."""

    def __init__(self, path: Path, key: bytes, reserve: int = RESERVE) -> None:
        if len(key) != 32:
            raise ValueError("the key has 32 bytes")
        self.path = path
        self._key, self._reserve = key, reserve
        self.changed = threading.Event()
        """Set with every commit, for whoever follows what was written."""
        self._writing = threading.RLock()
        self._readers: LifoQueue[Connection] = LifoQueue(_READERS)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self._writer = self._connect()
        try:
            self._writer.executescript(_SCHEMA)
        except sqlcipher3.DatabaseError as error:
            self._writer.close()
            raise WrongKey("this file cannot be opened with this key") from error

    def close(self) -> None:
        """Write everything into the one file and let go of it."""
        with self._writing:
            self._writer.close()
        while True:
            try:
                self._readers.get_nowait().close()
            except Empty:
                return

    def limit(self, pages: int) -> None:
        """Let the file grow to this number of pages (of 4 KiB) and no further."""
        with self._writing:
            self._writer.execute(f"PRAGMA max_page_count = {int(pages)}")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees what was committed before."""
        try:
            connection = self._readers.get_nowait()
        except Empty:
            connection = self._connect()
        try:
            yield connection
        finally:
            if self._readers.full():
                connection.close()
            else:
                self._readers.put_nowait(connection)

    @contextmanager
    def writing(self, *, from_reserve: bool = False) -> Iterator[Connection]:
        """The one writer inside a transaction, which ends with the block: an error undoes it.

        Raises StoreBusy when another process writes for too long, StoreFull when the disk is full
        but for the reserve, which `from_reserve` opens.
        """
        if not from_reserve and shutil.disk_usage(self.path.parent).free < self._reserve:
            raise StoreFull
        with self._writing:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
                self.changed.set()
            except sqlcipher3.OperationalError as error:
                self._undo()
                raise _meant(error) from error
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    def _connect(self) -> Connection:
        connection = sqlcipher3.connect(
            str(self.path), timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlcipher3.DatabaseError as error:
            connection.close()
            raise WrongKey("this file cannot be opened with this key") from error
        connection.execute("PRAGMA synchronous = FULL")
        return connection


def _meant(error: sqlcipher3.OperationalError) -> Exception:
    text = str(error)
    if "full" in text or "disk I/O" in text:
        return StoreFull()
    if "locked" in text or "busy" in text:
        return StoreBusy("another process kept writing")
    return error
