"""How many of the words that people say find their code among the first five.

    python -m tests.clinical.search_words <index.sqlite>

The index is one that `telesalud terminology import` has built; codes that it lacks do not count.
"""

import csv
import sys
from pathlib import Path
from typing import NamedTuple

from infra.tools import ROOT
from telesalud.patients.terminology.search import TerminologyIndex

PHRASES = ROOT / "layers/telesalud/telesalud/patients/terminology/data/spoken.csv"
FIRST = 5


class Phrase(NamedTuple):
    """Something people say, and the codes that are right for it."""

    language: str
    text: str
    codes: tuple[str, ...]


def phrases() -> list[Phrase]:
    """Every phrase of the list."""
    with PHRASES.open(newline="", encoding="utf-8") as file:
        return [
            Phrase(language, text, tuple(row["codes"].split()))
            for row in csv.DictReader(file, delimiter=";")
            for language in ("es", "pt")
            for text in row[language].split("|")
        ]


def found(index: TerminologyIndex, phrase: Phrase) -> bool:
    """Whether a right code is among the first five."""
    shown = [entry.code for entry in index.search(phrase.text, phrase.language)[:FIRST]]
    return any(code in shown for code in phrase.codes)


def main(path: Path) -> None:
    """Count, and name what is not found."""
    index = TerminologyIndex(path)
    known = [one for one in phrases() if any(index.lookup(code) for code in one.codes)]
    missing = [one for one in known if not found(index, one)]
    for one in missing:
        sys.stdout.write(f"{one.language} {one.text}: {' '.join(one.codes)}\n")
    sys.stdout.write(f"{len(known) - len(missing)} of {len(known)} phrases\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
