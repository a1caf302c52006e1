"""Builds the search index: one SQLite file that a function opens read-only.

Tables
- `meta(key, value)`: system, release, languages, URI bases, attribution, layout number.
- `concept`: one row per code. Rows are numbered by usefulness (stems before extensions, residual
  categories last, shorter titles first), so that the first rows that match are the best ones and
  a search over a common word can stop early.
- `term`: FTS5 without content, one column per language, of folded words.

The file is written beside its destination and moved over it only when it is complete and has been
checked, so that readers see the old index or the new one and never a part.
"""

import os
import sqlite3
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from telesalud.patients.terminology.source import Row, SourceError
from telesalud.patients.terminology.text import fold, words

LAYOUT: Final = "1"
LANGUAGES: Final = ("es", "pt", "en")
SYSTEMS: Final = {
    "icd11": "http://id.who.int/icd/release/11/mms",
    "icd10": "http://hl7.org/fhir/sid/icd-10",
}
ATTRIBUTION: Final = {
    "icd11": (
        "International Classification of Diseases, Eleventh Revision (ICD-11), World Health "
        "Organization (WHO), https://icd.who.int. Licensed under CC BY-ND 3.0 IGO."
    ),
    "icd10": "ICD-10, World Health Organization (WHO), in the edition of the national authority.",
}
MMS_CHAPTERS: Final = frozenset([f"{n:02d}" for n in range(1, 27)] + ["0V", "0X"])
ICD10_CHAPTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTVWXYZ")  # U is for provisional use

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE concept (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, es TEXT, pt TEXT, en TEXT,
    entity TEXT NOT NULL, linearization TEXT NOT NULL,
    residual INTEGER NOT NULL, leaf INTEGER NOT NULL, withdrawn_in TEXT);
CREATE UNIQUE INDEX concept_code ON concept (code);
CREATE VIRTUAL TABLE term USING fts5 (
    es, pt, en, content='', columnsize=0, detail=column, prefix='1 2 3',
    tokenize="unicode61 remove_diacritics 0");
"""


@dataclass(frozen=True, slots=True)
class Concept:
    """One code with its titles by language; `withdrawn_in` is the release that dropped it."""

    row: Row
    titles: Mapping[str, str]
    withdrawn_in: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did."""

    active: int
    added: int
    withdrawn: int
    size_bytes: int


def merge_languages(tables: Mapping[str, list[Row]]) -> list[Concept]:
    """One concept per code; every language of a release must hold the same codes.

    Raises SourceError when they differ, which is how a table cut between two rows shows.
    """
    every = {language: {row.code: row for row in rows} for language, rows in tables.items()}
    largest = max(every, key=lambda language: len(every[language]))
    for language, rows in every.items():
        lacking = every[largest].keys() - rows.keys()
        foreign = rows.keys() - every[largest].keys()
        if lacking or foreign:
            example = min(lacking or foreign)
            raise SourceError(
                f"{language}: {len(lacking)} codes are missing and {len(foreign)} are unknown "
                f"compared with {largest} (for example {example}); is it cut or another release?"
            )
    return [
        Concept(row, {language: rows[code].title for language, rows in every.items()})
        for code, row in every[largest].items()
    ]


def check_chapters(concepts: list[Concept], expected: frozenset[str]) -> None:
    """Raises SourceError when a chapter has no code at all: a table cut between two rows."""
    present = {concept.row.chapter for concept in concepts}
    missing = sorted(expected - present)
    if missing:
        raise SourceError(f"no codes of chapter {', '.join(missing)}; the file seems to be cut")


def with_withdrawn(
    concepts: list[Concept], previous: Path, release: str, *, max_withdrawn_share: float
) -> list[Concept]:
    """`concepts` and, marked withdrawn, the codes that only the previous index knows.

    A recorded diagnosis must stay readable after its code has left the classification.
    Raises SourceError when more than `max_withdrawn_share` (0..1) of the codes would go at once,
    and for a release older than the present one, whose newer codes it would withdraw.
    """
    present = _meta(previous)["release"]
    if release < present:
        raise SourceError(f"release {release} is older than the present index ({present})")
    known = {concept.row.code for concept in concepts}
    earlier = _read(previous)
    newly = [c for c in earlier if c.row.code not in known and c.withdrawn_in is None]
    active_before = sum(c.withdrawn_in is None for c in earlier)
    if len(newly) > max_withdrawn_share * active_before:
        raise SourceError(
            f"{len(newly)} of {active_before} codes of the present index would be withdrawn; "
            "the file seems to be cut"
        )
    gone = [c for c in earlier if c.row.code not in known and c.withdrawn_in is not None]
    return concepts + gone + [replace(c, withdrawn_in=release) for c in newly]


def build(
    concepts: list[Concept], system: str, release: str, destination: Path, *, attribution: str = ""
) -> Report:
    """Write the index of `concepts` to `destination`, replacing an earlier one at once.

    `attribution` is that of the system unless given.
    """
    before = _read(destination) if destination.exists() else []
    active_before = {c.row.code for c in before if c.withdrawn_in is None}
    handle, name = tempfile.mkstemp(dir=destination.parent, suffix=".partial")
    os.close(handle)
    partial = Path(name)
    try:
        _write(partial, concepts, system, release, attribution or ATTRIBUTION[system])
        _check(partial, len(concepts))
        partial.chmod(0o644)
        partial.replace(destination)
    finally:
        partial.unlink(missing_ok=True)
    active = {c.row.code for c in concepts if c.withdrawn_in is None}
    return Report(
        active=len(active),
        added=len(active - active_before),
        withdrawn=sum(c.withdrawn_in is not None for c in concepts),
        size_bytes=destination.stat().st_size,
    )


def expand(base: str, stored: str) -> str:
    """The full URI that `_shorten` stored."""
    return base + stored if stored and "://" not in stored else stored


def _shorten(base: str, uri: str) -> str:
    return uri[len(base) :] if base and uri.startswith(base) else uri


def _base(uris: list[str]) -> str:
    """Where the shortest URI lives; `_shorten` leaves URIs that live elsewhere as they are."""
    present = [uri for uri in uris if uri]
    return min(present, key=len).rpartition("/")[0] + "/" if present else ""


def _usefulness(concept: Concept) -> tuple[bool, bool, bool, float, str]:
    titles = concept.titles.values()
    length = sum(map(len, titles)) / len(concept.titles)
    code = concept.row.code
    return (
        concept.withdrawn_in is not None,
        code.startswith("X"),
        concept.row.is_residual,
        length,
        code,
    )


def _write(
    path: Path, concepts: list[Concept], system: str, release: str, attribution: str
) -> None:
    active = [c for c in concepts if c.withdrawn_in is None]
    entity_base = _base([c.row.entity_uri for c in active])
    linearization_base = _base([c.row.linearization_uri for c in active])
    languages = [lang for lang in LANGUAGES if any(lang in c.titles for c in concepts)]
    meta = {
        "layout": LAYOUT,
        "system": system,
        "system_uri": SYSTEMS[system],
        "release": release,
        "languages": ",".join(languages),
        "entity_base": entity_base,
        "linearization_base": linearization_base,
        "attribution": attribution,
    }
    connection = sqlite3.connect(path)
    try:
        # The page size is what one read of a cold index brings in; the file is never updated.
        connection.executescript("PRAGMA page_size=8192; PRAGMA journal_mode=OFF;" + _SCHEMA)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        for number, concept in enumerate(sorted(concepts, key=_usefulness), start=1):
            _insert(connection, number, concept, entity_base, linearization_base)
        connection.execute("INSERT INTO term (term) VALUES ('optimize')")
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()


def _insert(
    connection: sqlite3.Connection, number: int, concept: Concept, entity: str, linearization: str
) -> None:
    row = concept.row
    titles = [concept.titles.get(language) for language in LANGUAGES]
    connection.execute(
        "INSERT INTO concept (id, code, es, pt, en, entity, linearization, residual, leaf,"
        " withdrawn_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            row.code,
            *titles,
            _shorten(entity, row.entity_uri),
            _shorten(linearization, row.linearization_uri),
            row.is_residual,
            row.is_leaf,
            concept.withdrawn_in,
        ),
    )
    if concept.withdrawn_in is not None:
        return  # readable by its code, but nobody can find it to choose it
    connection.execute(
        "INSERT INTO term (rowid, es, pt, en) VALUES (?, ?, ?, ?)",
        (number, *(" ".join(words(fold(title))) if title else "" for title in titles)),
    )


def _check(path: Path, expected: int) -> None:
    connection = sqlite3.connect(path)
    try:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM concept").fetchone()
    finally:
        connection.close()
    if verdict != "ok" or count != expected:
        raise SourceError(f"the index was not written correctly: {verdict}, {count} rows")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _meta(path: Path) -> dict[str, str]:
    """What an index says about itself. Raises SourceError when it is not one of this layout."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        meta = dict(connection.execute("SELECT key, value FROM meta"))
    except sqlite3.DatabaseError as error:
        raise SourceError(f"{path.name}: not a readable index: {error}") from error
    finally:
        connection.close()
    if meta.get("layout") != LAYOUT:
        raise SourceError(f"{path.name}: an index of another layout; move it away and import again")
    return meta


def _read(path: Path) -> list[Concept]:
    meta = _meta(path)
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "SELECT code, es, pt, en, entity, linearization, residual, leaf, withdrawn_in"
            " FROM concept"
        ).fetchall()
    except sqlite3.DatabaseError as error:
        raise SourceError(f"{path.name}: not a readable index: {error}") from error
    finally:
        connection.close()
    return [
        Concept(
            Row(
                code=code,
                title=es or pt or en,
                entity_uri=expand(meta["entity_base"], entity),
                linearization_uri=expand(meta["linearization_base"], linearization),
                chapter="",
                is_residual=bool(residual),
                is_leaf=bool(leaf),
            ),
            {k: v for k, v in zip(LANGUAGES, (es, pt, en), strict=True) if v},
            withdrawn_in,
        )
        for code, es, pt, en, entity, linearization, residual, leaf, withdrawn_in in rows
    ]
