"""The port of files: uploads go straight to a quarantine, and only what was cleared leaves it.

The browser uploads by a form that fixes key, size range and media type, the scanner looks at the
file, and `release` copies exactly the bytes that were looked at to the clean area, from which alone
downloads are offered.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol
from urllib.parse import quote

MAX_FILE = 32 * 1024 * 1024
"""Bytes of the largest file (33,554,432)."""
UPLOAD_WITHIN = timedelta(minutes=15)
DOWNLOAD_WITHIN = timedelta(minutes=5)
_LONGEST_NAME = 240
"""Characters of a file's name as a header has it: each accented letter counts as six."""
_EXTENSION = 16
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}")


class Area(StrEnum):
    """Where a file is."""

    QUARANTINE = "quarantine"
    """Uploaded and not yet cleared; nobody downloads from here."""
    CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class BlobKey:
    """A file of a tenant: `owner` is what it belongs to (a consult, a patient), `id` the file's."""

    tenant: str
    owner: str
    id: str

    def __post_init__(self) -> None:
        for part in (self.tenant, self.owner, self.id):
            if not _PART.fullmatch(part):
                raise ValueError("a part of a file's key is not an id")

    def path(self) -> str:
        """The object's key: a tenant's files share a prefix."""
        return f"{self.tenant}/{self.owner}/{self.id}"


class Upload(NamedTuple):
    """What the browser needs: POST `fields`, then the file as `file`, to `url` as form data."""

    url: str
    fields: Mapping[str, str]
    expires: datetime


class Stat(NamedTuple):
    """What is known of a stored file without reading it; `etag` changes with its content."""

    size: int
    content_type: str
    etag: str


class Content(NamedTuple):
    """A file that was read to its end."""

    size: int
    sha256: str
    """Of all bytes, in hex."""
    head: bytes
    """The first bytes, by which a media type is recognised."""
    etag: str


class Changed(Exception):
    """The file is no longer the one that was looked at, or is not there."""


class Blobs(Protocol):
    """Storage of files."""

    def upload(self, key: BlobKey, content_type: str, max_size: int = MAX_FILE) -> Upload:
        """Leave to upload one file of 1 to `max_size` bytes into quarantine, for 15 minutes."""

    def stat(self, area: Area, key: BlobKey) -> Stat | None:
        """The file's size and type, or None when it is not there (yet)."""

    def examine(
        self, area: Area, key: BlobKey, look: Callable[[bytes], object] | None = None
    ) -> Content:
        """Read the file through, giving each chunk to `look` (a scanner). Raises Changed."""

    def read(self, area: Area, key: BlobKey) -> bytes:
        """The whole file, of at most MAX_FILE bytes. Raises Changed when it is not there."""

    def put(self, key: BlobKey, content_type: str, body: bytes, *, passing: bool = False) -> None:
        """Store a file of our own making as clean; the same again changes nothing.

        The storage deletes a `passing` file by itself, four days later.
        """

    def release(self, key: BlobKey, content_type: str, etag: str) -> None:
        """Copy what `examine` saw under `etag` from quarantine to clean. Raises Changed.

        May be repeated: a file that is already clean stays as it is.
        """

    def delete(self, area: Area, key: BlobKey) -> None:
        """Remove the file; removing what is not there succeeds."""

    def purge(self, tenant: str, owner: str) -> None:
        """Remove every file of an owner for ever, with all earlier versions; may be repeated."""

    def download(self, key: BlobKey, filename: str, content_type: str) -> str:
        """A URL that gives the clean file as an attachment for five minutes."""


def check_offer(content_type: str, max_size: int) -> None:
    """Raise ValueError for an upload that no adapter offers; adapters call this first."""
    if not _MEDIA_TYPE.fullmatch(content_type) or not 1 <= max_size <= MAX_FILE:
        raise ValueError("not a media type, or not a size up to 32 MB")


def disposition(filename: str) -> str:
    """Content-Disposition that saves under `filename` and never displays (RFC 6266, RFC 8187).

    A name that is long once it is encoded is cut before its extension: a presigned address encodes
    it once more, and firewalls refuse long addresses.
    """
    plain = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', "_", filename).strip(" .") or "file"
    stem, dot, extension = plain.rpartition(".")
    end = dot + extension if stem and len(quote(extension, safe="")) <= _EXTENSION else ""
    name = plain.removesuffix(end)[:_LONGEST_NAME]
    while len(quote(name + end, safe="")) > _LONGEST_NAME:
        name = name[:-1]
    return f"attachment; filename*=UTF-8''{quote(name + end, safe='')}"
