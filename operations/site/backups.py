"""Sealed copies of an installation, and the way back from one.

A copy is a tar file of the database, the files and the slots, all of them as sealed as they are in
the folder: whoever opens it needs a person's password.
"""

import tarfile
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Final, NamedTuple

from operations.site.key_slots import KeySlots
from telesalud.platform.embedded.backend import DATABASE
from telesalud.platform.embedded.database import Database

_SLOTS: Final = "slots.json"
_FILES: Final = "files"


class BadCopy(Exception):
    """The copy is damaged or belongs to something else; what was there is untouched."""


class Checked(NamedTuple):
    """What a copy was found to hold."""

    items: int
    files: int


def back_up(folder: Path, key: bytes, to: Path) -> Checked:
    """Write a copy of the folder, whole or not at all, while people go on working."""
    partial, taken = to.with_suffix(".partial"), to.with_suffix(".database")
    taken.unlink(missing_ok=True)
    database = Database(folder / DATABASE, key)
    try:
        with database.reading() as connection:
            connection.execute("VACUUM INTO ?", (str(taken),))
        checked = _examine(taken, key, lambda name: (folder / _FILES / name).exists())
        with tarfile.open(partial, "w") as tar:
            tar.add(taken, DATABASE)
            tar.add(folder / _SLOTS, _SLOTS)
            for file in sorted((folder / _FILES).glob("*")):
                _add_if_there(tar, file)
        partial.replace(to)
    finally:
        database.close()
        taken.unlink(missing_ok=True)
        partial.unlink(missing_ok=True)
    return checked


def restore(copy: Path, folder: Path, tenant: str, user_name: str, password: str) -> Checked:
    """Make `folder` from a copy, after all of it was examined.

    Raises BadCopy, NotOpened, FileExistsError when there is such a folder already.
    """
    if folder.exists():
        raise FileExistsError(folder)
    unpacked = folder.with_name(folder.name + ".restoring")
    rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir(mode=0o700, parents=True)
    try:
        with tarfile.open(copy) as tar:
            tar.extractall(unpacked, filter="data")
        key = KeySlots(unpacked / _SLOTS).open(tenant, user_name, password)
        checked = _examine(
            unpacked / DATABASE, key, lambda name: (unpacked / _FILES / name).exists()
        )
        unpacked.rename(folder)
    except (tarfile.TarError, OSError) as error:
        raise BadCopy("the copy cannot be read") from error
    finally:
        rmtree(unpacked, ignore_errors=True)
    return checked


def _examine(file: Path, key: bytes, there: Callable[[str], bool]) -> Checked:
    """Read every page of a database and look for every file. Raises BadCopy, WrongKey."""
    database = Database(file, key)
    try:
        with database.reading() as connection:
            if connection.execute("PRAGMA cipher_integrity_check").fetchall():
                raise BadCopy("a page of the copy was changed or damaged")
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise BadCopy("the copy is damaged")
            items = connection.execute("SELECT count(*) FROM item").fetchone()[0]
            names = [name for (name,) in connection.execute("SELECT name FROM file")]
    finally:
        database.close()
    missing = [name for name in names if not there(name)]
    if missing:
        raise BadCopy(f"{len(missing)} of {len(names)} files are missing")
    return Checked(items, len(names))


def _add_if_there(tar: tarfile.TarFile, file: Path) -> None:
    try:
        tar.add(file, f"{_FILES}/{file.name}")
    except FileNotFoundError:
        return  # destroyed meanwhile, and destroyed it stays
