"""Command: build the search index of a classification from its publisher's files.

    python -m telesalud.patients.terminology.importer \\
        --release 2025-01 --es FILE --en FILE --pt FILE --out icd11.sqlite
    python -m telesalud.patients.terminology.importer \\
        --system icd10 --release 2019 --es FILE.csv --out icd10.sqlite

Whatever is wrong with a file, nothing is written and the present index stays. Exit status: 0 done,
1 refused, 2 wrong arguments.
"""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from telesalud.patients.terminology.building import (
    ICD10_CHAPTERS,
    LANGUAGES,
    MMS_CHAPTERS,
    SYSTEMS,
    Report,
    build,
    check_chapters,
    merge_languages,
    with_withdrawn,
)
from telesalud.patients.terminology.source import SourceError, read_code_list, read_linearization

_RELEASE = re.compile(r"\d{4}(?:-\d{2})?")


def import_files(
    files: Mapping[str, Path],
    *,
    system: str,
    release: str,
    destination: Path,
    chapters: frozenset[str] | None = None,
    max_withdrawn_share: float = 0.1,
) -> Report:
    """Build `destination` from one file per language (`es`, `pt`, `en`).

    `chapters` are those that must occur (default: all of the classification). Codes that the
    present index at `destination` holds and the files do not become withdrawn.
    Raises SourceError, leaving `destination` as it was.
    """
    read = read_linearization if system == "icd11" else read_code_list
    concepts = merge_languages({language: read(path) for language, path in files.items()})
    complete = MMS_CHAPTERS if system == "icd11" else ICD10_CHAPTERS
    check_chapters(concepts, complete if chapters is None else chapters)
    if destination.exists():
        concepts = with_withdrawn(
            concepts, destination, release, max_withdrawn_share=max_withdrawn_share
        )
    return build(concepts, system, release, destination)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="importer", description=__doc__.splitlines()[0])
    parser.add_argument("--system", choices=sorted(SYSTEMS), default="icd11")
    parser.add_argument("--release", required=True, help="YYYY-MM of the publication, or YYYY")
    for language in LANGUAGES:
        parser.add_argument(f"--{language}", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--chapters", help="comma-separated chapters that must occur (default: all)"
    )
    parser.add_argument("--max-withdrawn-share", type=float, default=0.1, metavar="0..1")
    options = parser.parse_args(arguments)
    files = {lang: getattr(options, lang) for lang in LANGUAGES if getattr(options, lang)}
    if not files:
        parser.error("give at least one of --es, --pt and --en")
    if not _RELEASE.fullmatch(options.release):
        parser.error("--release must look like 2025-01 or 2019")
    try:
        report = import_files(
            files,
            system=options.system,
            release=options.release,
            destination=options.out,
            chapters=frozenset(options.chapters.split(",")) if options.chapters else None,
            max_withdrawn_share=options.max_withdrawn_share,
        )
    except (SourceError, OSError) as error:
        sys.stderr.write(f"refused, nothing was changed: {error}\n")
        return 1
    sys.stdout.write(
        f"{options.out}: {report.active} active codes ({report.added} new), "
        f"{report.withdrawn} withdrawn, {report.size_bytes} bytes\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
