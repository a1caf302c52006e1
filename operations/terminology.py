"""Indexes of classifications: built from a release and put into use.

The index in use is fetched first, so that codes which the new release dropped stay readable as
withdrawn. A file that is refused changes nothing.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from infra.running import settings_of
from infra.stages import Stage
from operations.commands import Arguments, CommandError, Commands
from telesalud.patients.terminology.building import LANGUAGES
from telesalud.patients.terminology.importer import import_files
from telesalud.patients.terminology.publishing import Published, Shelf, present, publish
from telesalud.patients.terminology.source import SourceError
from telesalud.platform.backend import backend

_COUNTRY = re.compile(r"[a-z]{2}")
_RELEASE = re.compile(r"\d{4}(?:-\d{2})?")


class Refused(ValueError):
    """The import cannot be done; nothing was changed."""


def shelf_of(settings: Mapping[str, str]) -> tuple[Shelf, str]:
    """Where a stage's indexes are published: the bucket and the folder of its functions."""
    folder = settings.get("TELESALUD_TERMINOLOGY", "")
    if not folder:
        raise Refused("TELESALUD_TERMINOLOGY is not set for this stage")
    return backend().objects(settings["TELESALUD_BLOBS_BUCKET"]), folder


def name_of(system: str, country: str) -> str:
    """`icd11`, or `icd10-<country>`. Raises Refused."""
    if system == "icd11":
        if country:
            raise Refused("ICD-11 is the same in every country: leave --country out")
        return system
    if not _COUNTRY.fullmatch(country.lower()):
        raise Refused("whose edition of ICD-10? --country takes two letters, such as PE")
    return f"{system}-{country.lower()}"


def import_release(
    shelf: Shelf,
    folder: str,
    *,
    system: str,
    country: str,
    release: str,
    files: Mapping[str, Path],
    chapters: frozenset[str] | None = None,
) -> Published:
    """Build the index of a release and put it into use. Raises Refused, OSError."""
    name = name_of(system, country)
    if not _RELEASE.fullmatch(release):
        raise Refused("--release must look like 2025-01 or 2019")
    if not files:
        raise Refused(f"give a file for at least one of {', '.join(LANGUAGES)}")
    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch) / "index.sqlite"
        pointer = present(shelf, folder, name, Path(scratch) / "pointer.json")
        if pointer is not None:
            shelf.fetch(pointer.key, index)
        try:
            report = import_files(
                files, system=system, release=release, destination=index, chapters=chapters
            )
        except SourceError as error:
            raise Refused(str(error)) from error
        done = publish(shelf, folder, name, index, release)
    print(
        f"{name} {release}: {report.active} active codes ({report.added} new), "
        f"{report.withdrawn} withdrawn; in use within ten minutes"
    )
    return done


def import_terminology(stage: Stage, arguments: Arguments) -> None:
    shelf, folder = shelf_of(settings_of(stage, "patients"))
    given = {language: getattr(arguments, language) for language in LANGUAGES}
    try:
        import_release(
            shelf,
            folder,
            system=arguments.system,
            country=arguments.country,
            release=arguments.release,
            files={language: path for language, path in given.items() if path},
            chapters=frozenset(arguments.chapters.split(",")) if arguments.chapters else None,
        )
    except OSError as error:
        raise CommandError(f"the index was not put into use: {error}") from error


def add(commands: Commands) -> None:
    """`telesalud terminology import`."""
    group = commands.group("terminology", "ICD-11, and national editions of ICD-10")
    command = group.add(
        "import",
        import_terminology,
        "build the index of a release from its publisher's files and put it into use",
    )
    command.add_argument("system", choices=("icd11", "icd10"))
    command.add_argument("--release", required=True, help="such as 2025-01")
    command.add_argument("--chapters", help="those that must occur (default: all)")
    command.add_argument("--country", default="", help="of an edition of ICD-10, such as PE")
    for language in LANGUAGES:
        command.add_argument(f"--{language}", type=Path, metavar="FILE")
