"""People's files, each sealed under a key of its own beside the database.

Browsers reach them at the installation's own address: an upload is posted to `/uploads` and a
download read from `/blobs/…`, both with an HMAC-SHA-256 over what they may do and until when.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telesalud.platform.clock import Clock
from telesalud.platform.embedded.database import Database
from telesalud.platform.ports.blobs import (
    DOWNLOAD_WITHIN,
    MAX_FILE,
    UPLOAD_WITHIN,
    Area,
    BlobKey,
    Changed,
    Content,
    Stat,
    Upload,
    check_offer,
)

PASSING: Final = timedelta(days=4)
YOUNG: Final = timedelta(hours=1)
"""How long a content may wait for its row."""
_HEAD: Final = 8192
_AT: Final = "SELECT name FROM file WHERE store = ? AND area = ? AND path = ?"
_BELOW: Final = "SELECT name FROM file WHERE store = ? AND substr(path, 1, ?) = ?"
_NONCE: Final = bytes(12)
"""Fixed, because no key seals a second content."""


class UploadRefused(Exception):
    """The form is not one that was offered, or its time is over."""


class Offered(NamedTuple):
    """A clean file as it is handed to a browser."""

    body: bytes
    content_type: str
    filename: str


class _Row(NamedTuple):
    content_type: str
    size: int
    etag: str
    name: str
    key: bytes


class EmbeddedBlobs:
    """`Blobs` in the folder `files` beside the database; `secret` signs forms and links."""

    def __init__(
        self, database: Database, store: str, secret: bytes, clock: Clock, origin: str
    ) -> None:
        self._database, self._store, self._secret = database, store, secret
        self._clock, self._origin = clock, origin
        self._folder = _folder(database)
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def upload(self, key: BlobKey, content_type: str, max_size: int = MAX_FILE) -> Upload:
        check_offer(content_type, max_size)
        expires = self._clock() + UPLOAD_WITHIN
        fields = {
            "key": key.path(),
            "Content-Type": content_type,
            "store": self._store,
            "max": str(max_size),
            "until": str(int(expires.timestamp())),
        }
        return Upload(
            f"{self._origin}/uploads", {**fields, "signature": self._sign(fields)}, expires
        )

    def receive(self, fields: Mapping[str, str], body: bytes) -> None:
        """The browser posts the form. Raises UploadRefused, StoreFull."""
        said = {name: value for name, value in fields.items() if name != "signature"}
        if not hmac.compare_digest(self._sign(said), fields.get("signature", "")):
            raise UploadRefused("the form is not one that was offered")
        if self._clock().timestamp() >= int(said["until"]):
            raise UploadRefused("the time for this upload is over")
        if not 1 <= len(body) <= int(said["max"]):
            raise UploadRefused("the file has not the size that was said")
        self._keep(Area.QUARANTINE, said["key"], said["Content-Type"], body)

    def stat(self, area: Area, key: BlobKey) -> Stat | None:
        row = self._row(area, key.path())
        return Stat(row.size, row.content_type, row.etag) if row else None

    def examine(
        self, area: Area, key: BlobKey, look: Callable[[bytes], object] | None = None
    ) -> Content:
        row = self._row(area, key.path())
        if row is None:
            raise Changed
        body = self._opened(row)
        if look is not None:
            look(body)
        return Content(len(body), hashlib.sha256(body).hexdigest(), body[:_HEAD], row.etag)

    def read(self, area: Area, key: BlobKey) -> bytes:
        return self._opened(self._row(area, key.path()))

    def put(self, key: BlobKey, content_type: str, body: bytes, *, passing: bool = False) -> None:
        until = int((self._clock() + PASSING).timestamp()) if passing else None
        self._keep(Area.CLEAN, key.path(), content_type, body, until)

    def release(self, key: BlobKey, content_type: str, etag: str) -> None:
        row = self._row(Area.QUARANTINE, key.path())
        if row is None and self._row(Area.CLEAN, key.path()) is not None:
            return
        if row is None or row.etag != etag:
            raise Changed
        self._keep(Area.CLEAN, key.path(), content_type, self._opened(row))

    def delete(self, area: Area, key: BlobKey) -> None:
        self._forget(_AT, area.value, key.path())

    def purge(self, tenant: str, owner: str) -> None:
        start = f"{tenant}/{owner}/"
        self._forget(_BELOW, len(start), start)

    def download(self, key: BlobKey, filename: str, content_type: str) -> str:
        fields = {
            "store": self._store,
            "name": filename,
            "type": content_type,
            "until": str(int((self._clock() + DOWNLOAD_WITHIN).timestamp())),
        }
        signed = {**fields, "signature": self._sign({**fields, "path": key.path()})}
        return f"{self._origin}/blobs/{key.path()}?{urlencode(signed)}"

    def offered(self, path: str, query: Mapping[str, str]) -> Offered | None:
        """The file that a link of `download` names, or None when the link does not hold."""
        said = {name: value for name, value in query.items() if name != "signature"}
        signature = self._sign({**said, "path": path})
        row = self._row(Area.CLEAN, path)
        if row is None or not hmac.compare_digest(signature, query.get("signature", "")):
            return None
        if self._clock().timestamp() >= int(said["until"]):
            return None
        return Offered(self._opened(row), said["type"], said["name"])

    def _sign(self, fields: Mapping[str, str]) -> str:
        text = json.dumps(sorted(fields.items()), ensure_ascii=False)
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()

    def _row(self, area: Area, path: str) -> _Row | None:
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT content_type, size, etag, name, key FROM file"
                " WHERE store = ? AND area = ? AND path = ?",
                (self._store, area.value, path),
            ).fetchone()
        return _Row(*row) if row else None

    def _opened(self, row: _Row | None) -> bytes:
        if row is None:
            raise Changed
        try:
            sealed = (self._folder / row.name).read_bytes()
        except FileNotFoundError as error:
            raise Changed from error
        return AESGCM(row.key).decrypt(_NONCE, sealed, row.name.encode())

    def _keep(
        self, area: Area, path: str, content_type: str, body: bytes, until: int | None = None
    ) -> None:
        """Content first, then its row: a crash between leaves a content that `tidy` deletes."""
        name, key = os.urandom(16).hex(), AESGCM.generate_key(256)
        _write(self._folder / name, AESGCM(key).encrypt(_NONCE, body, name.encode()))
        etag = hashlib.sha256(body).hexdigest()
        with self._database.writing() as connection:
            before = connection.execute(_AT, (self._store, area.value, path)).fetchall()
            connection.execute(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (self._store, area.value, path, content_type, len(body), etag, name, key, until),
            )
        self._unlink(before)

    def _forget(self, which: str, *values: str | int) -> None:
        """Delete the rows that `which` selects by name, and with them the keys; then contents."""
        with self._database.writing(from_reserve=True) as connection:
            names = connection.execute(which, (self._store, *values)).fetchall()
            connection.executemany("DELETE FROM file WHERE name = ?", names)
        self._unlink(names)

    def _unlink(self, names: list[tuple[str]]) -> None:
        for (name,) in names:
            (self._folder / name).unlink(missing_ok=True)


def _write(path: Path, body: bytes) -> None:
    """Write and wait until the disk has it."""
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def tidy(database: Database, clock: Clock) -> None:
    """Delete passing files whose time is over, and old contents that no row knows."""
    now = clock()
    with database.writing(from_reserve=True) as connection:
        connection.execute("DELETE FROM file WHERE until < ?", (int(now.timestamp()),))
    with database.reading() as connection:
        known = {name for (name,) in connection.execute("SELECT name FROM file")}
    # A content is written before its row: what is young may be about to have one.
    oldest = (now - YOUNG).timestamp()
    for path in _folder(database).glob("*"):
        if path.name not in known and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _folder(database: Database) -> Path:
    return database.path.parent / "files"
