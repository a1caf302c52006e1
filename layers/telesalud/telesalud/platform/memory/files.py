"""Files in memory: people's, the installation's own, and the archive."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from telesalud.platform.clock import Clock, utc_now
from telesalud.platform.media import disposition
from telesalud.platform.ports.archive import Kept
from telesalud.platform.ports.blobs import (
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


class UploadRefused(Exception):
    """What S3 answers with 403 or 400."""


@dataclass(slots=True)
class MemoryBlobs:
    """`Blobs` without S3; `receive` plays S3's side of an upload."""

    clock: Clock = utc_now
    files: dict[tuple[Area, str], tuple[str, bytes]] = field(default_factory=dict)
    passing: set[str] = field(default_factory=set)
    """Paths of files that were put to be deleted after some days."""
    _offers: dict[str, tuple[Upload, int]] = field(default_factory=dict)

    def upload(self, key: BlobKey, content_type: str, max_size: int = MAX_FILE) -> Upload:
        check_offer(content_type, max_size)
        fields = {"key": key.path(), "Content-Type": content_type}
        offer = Upload("https://quarantine.invalid/", fields, self.clock() + UPLOAD_WITHIN)
        self._offers[key.path()] = (offer, max_size)
        return offer

    def receive(self, fields: Mapping[str, str], body: bytes) -> None:
        """The browser posts the form. Raises UploadRefused as S3 refuses."""
        offer, max_size = self._offers.get(fields.get("key", ""), (None, 0))
        if offer is None or dict(offer.fields) != dict(fields) or self.clock() >= offer.expires:
            raise UploadRefused
        if not 1 <= len(body) <= max_size:
            raise UploadRefused
        self.files[Area.QUARANTINE, fields["key"]] = (fields["Content-Type"], body)

    def stat(self, area: Area, key: BlobKey) -> Stat | None:
        found = self.files.get((area, key.path()))
        return Stat(len(found[1]), found[0], _etag(found[1])) if found else None

    def examine(
        self, area: Area, key: BlobKey, look: Callable[[bytes], object] | None = None
    ) -> Content:
        body = self.read(area, key)
        if look is not None:
            look(body)
        return Content(len(body), hashlib.sha256(body).hexdigest(), body[:8192], _etag(body))

    def read(self, area: Area, key: BlobKey) -> bytes:
        found = self.files.get((area, key.path()))
        if found is None:
            raise Changed
        return found[1]

    def put(self, key: BlobKey, content_type: str, body: bytes, *, passing: bool = False) -> None:
        if passing:
            self.passing.add(key.path())
        self.files[Area.CLEAN, key.path()] = (content_type, body)

    def release(self, key: BlobKey, content_type: str, etag: str) -> None:
        found = self.files.get((Area.QUARANTINE, key.path()))
        if found is None and (Area.CLEAN, key.path()) in self.files:
            return
        if found is None or _etag(found[1]) != etag:
            raise Changed
        self.files[Area.CLEAN, key.path()] = (content_type, found[1])

    def delete(self, area: Area, key: BlobKey) -> None:
        self.files.pop((area, key.path()), None)

    def purge(self, tenant: str, owner: str) -> None:
        for area, path in list(self.files):
            if path.startswith(f"{tenant}/{owner}/"):
                del self.files[area, path]

    def download(self, key: BlobKey, filename: str, content_type: str) -> str:
        return f"https://clean.invalid/{key.path()}?{disposition(filename)}&{content_type}"


class MemoryObjects:
    """`Objects` of one bucket."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def fetch(self, key: str, to: Path) -> None:
        if key not in self.kept:
            raise FileNotFoundError(key)
        to.write_bytes(self.kept[key])

    def put(self, key: str, file: Path) -> None:
        self.kept[key] = file.read_bytes()


class MemoryArchive:
    """An `Archive`."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def write(self, name: str, body: bytes) -> None:
        self.kept.setdefault(name, body)

    def read(self, prefix: str, after: str = "") -> Iterator[Kept]:
        names = [n for n in sorted(self.kept) if n.startswith(prefix) and n > after]
        return iter([Kept(name, self.kept[name]) for name in names])


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
