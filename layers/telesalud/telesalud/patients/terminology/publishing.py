"""Putting an index into use, and finding the one in use.

    <folder>/<name>.json              which index is in use: {"key", "sha256", "release"}
    <folder>/<name>-<sha256>.sqlite   the indexes themselves, which never change

`name` is `icd11`, or `icd10-<country>` for a national edition. The pointer is written last, so that
a crash leaves the old index in use, and functions never see a file that is half there. A folder's
name begins with an underscore, which no institution's files do.
"""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field

_CHUNK = 1024 * 1024


class Source(Protocol):
    """Where published files are fetched."""

    def fetch(self, key: str, to: Path) -> None:
        """Write the object to a file. Raises OSError."""


class Shelf(Source, Protocol):
    """Where files are published."""

    def put(self, key: str, file: Path) -> None:
        """Store the file as the object, whole or not at all. Raises OSError."""


class Pointer(BaseModel):
    """Which index is in use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    release: str


class Published(NamedTuple):
    """What was put into use."""

    pointer: Pointer
    changed: bool


def publish(shelf: Shelf, folder: str, name: str, index: Path, release: str) -> Published:
    """Put an index into use; doing it again changes nothing. Raises OSError."""
    digest = sha256_of(index)
    pointer = Pointer(key=f"{folder}/{name}-{digest[:32]}.sqlite", sha256=digest, release=release)
    place = index.with_suffix(".json")
    if present(shelf, folder, name, place) == pointer:
        return Published(pointer, changed=False)
    shelf.put(pointer.key, index)
    place.write_text(pointer.model_dump_json(), "utf-8")
    shelf.put(pointer_key(folder, name), place)
    return Published(pointer, changed=True)


def present(source: Source, folder: str, name: str, scratch: Path) -> Pointer | None:
    """Which index is in use, if any; `scratch` is overwritten. Raises ValueError when damaged."""
    try:
        source.fetch(pointer_key(folder, name), scratch)
    except OSError:
        return None
    return Pointer.model_validate(json.loads(scratch.read_text("utf-8")))


def pointer_key(folder: str, name: str) -> str:
    """Where it says which index is in use."""
    return f"{folder}/{name}.json"


def sha256_of(path: Path) -> str:
    """Of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
