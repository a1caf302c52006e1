"""A small ICD-11 index for the demonstration, so that diagnoses can be coded at `make up`.

Codes and entity URIs are ICD-11's, the wording is ours: WHO's text is not in this repository. Its
release sorts before every real one, which `telesalud terminology import` then puts in its place.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from infra.running import settings_of
from infra.stages import Stage
from telesalud.patients.terminology.building import LANGUAGES, Concept, build
from telesalud.patients.terminology.publishing import Shelf, present, publish
from telesalud.patients.terminology.source import Row
from telesalud.platform.aws import clients
from telesalud.platform.aws.s3 import S3Objects

WORDING = Path(__file__).parent / "catalogues" / "icd11_demonstration.csv"
RELEASE: Final = "0-demonstration"
ATTRIBUTION: Final = (
    "DEMONSTRATION: some 200 codes and URIs of ICD-11 (World Health Organization, "
    "https://icd.who.int) with wording by Telesalud, which is not WHO's. Not for clinical use."
)
_ENTITY: Final = "http://id.who.int/icd/entity/"
_LINEARIZATION: Final = "http://id.who.int/icd/release/11/mms/"


def concepts() -> list[Concept]:
    """The codes of the demonstration."""
    with WORDING.open(newline="", encoding="utf-8") as file:
        return [
            Concept(
                Row(
                    code=cells["code"],
                    title=cells["es"],
                    entity_uri=_ENTITY + cells["entity"],
                    linearization_uri=_LINEARIZATION + cells["entity"],
                    chapter="",
                    is_residual=False,
                    is_leaf=True,
                ),
                {language: cells[language] for language in LANGUAGES},
            )
            for cells in csv.DictReader(file)
        ]


def fill(stage: Stage, progress: Callable[[str], None]) -> None:
    """Publish the demonstration's index unless one is in use. Raises OSError."""
    settings = settings_of(stage, "patients")
    shelf = S3Objects(settings["TELESALUD_BLOBS_BUCKET"], clients.s3)
    if install(shelf, settings["TELESALUD_TERMINOLOGY"]):
        progress("ICD-11: a demonstration index; `telesalud terminology import` brings a release")


def install(shelf: Shelf, folder: str) -> bool:
    """Whether the index was published, because none was."""
    with tempfile.TemporaryDirectory() as scratch:
        if present(shelf, folder, "icd11", Path(scratch) / "pointer.json") is not None:
            return False
        index = Path(scratch) / "icd11.sqlite"
        build(concepts(), "icd11", RELEASE, index, attribution=ATTRIBUTION)
        publish(shelf, folder, "icd11", index, RELEASE)
    return True
