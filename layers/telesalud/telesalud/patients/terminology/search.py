"""Searches a terminology index. Opened once per process, read-only; every method is a pure read."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from operator import itemgetter
from pathlib import Path

from telesalud.patients.terminology.building import LANGUAGES, LAYOUT, expand
from telesalud.patients.terminology.clusters import is_cluster, is_extension, parse_cluster
from telesalud.patients.terminology.spoken import (
    accuses,
    asks_for_external,
    asks_for_intent,
    codes_said,
    is_external,
)
from telesalud.patients.terminology.text import fold, singular, telling_words, words
from telesalud.platform.errors import FieldError, Invalid

_COLUMNS = "code, es, pt, en, entity, linearization, residual, withdrawn_in"
_CANDIDATES = 150  # best-first rows taken into the ranking; see `building` on their order
_SEPARATOR = re.compile(r"[/&]")
_Rank = tuple[bool, bool, bool, int, bool, int]
MAX_QUERY = 200
MAX_RESULTS = 50


class Status(StrEnum):
    """Whether a code can be chosen today, could be once, or is not in the index at all."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """A code as the index knows it, titled in the best available language."""

    code: str
    title: str
    language: str
    entity_uri: str
    linearization_uri: str
    status: Status
    withdrawn_in: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What to store for a code that a clinician or another system gave.

    An unknown code is kept as it came, with `warning` set; it is never refused.
    """

    code: str
    entity_uri: str
    title: str | None
    status: Status
    warning: str | None


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """Which edition an index holds, and the attribution that must be shown beside its codes."""

    system: str
    system_uri: str
    release: str
    languages: tuple[str, ...]
    attribution: str


class TerminologyIndex:
    """A read-only view of one index file, which threads may share."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises ValueError when it is missing or not an index of this layout."""
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            meta = dict(self._db.execute("SELECT key, value FROM meta"))
        except sqlite3.Error as error:
            raise ValueError(f"{path.name} is not a terminology index: {error}") from error
        if meta.get("layout") != LAYOUT:
            raise ValueError(f"{path.name} has layout {meta.get('layout')}, not {LAYOUT}")
        self._entity_base = meta["entity_base"]
        self._linearization_base = meta["linearization_base"]
        self.info = IndexInfo(
            system=meta["system"],
            system_uri=meta["system_uri"],
            release=meta["release"],
            languages=tuple(meta["languages"].split(",")),
            attribution=meta["attribution"],
        )

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def search(self, query: str, language: str = "es", limit: int = 25) -> list[Entry]:
        """The best entries for `query`: a code, the beginning of one, a cluster, or words.

        What people say comes first (`spoken`). Words match in any order, without accents, as
        prefixes, all of them; first in `language`, then, when that fills less than the page, in the
        others. Withdrawn codes come only by their exact code.
        """
        query = query.strip()[:MAX_QUERY]
        limit = max(1, min(limit, MAX_RESULTS))
        if not query:
            return []
        if self.info.system == "icd11" and is_cluster(query):
            return self._cluster_codes(query, language)[:limit]
        found = {row[0]: row for row in self._by_code(query, limit)}
        wanted, spoken = fold(query), words(query)
        said = self._as_said(query, language) if self.info.system == "icd11" else []
        ranked: dict[str, tuple[_Rank, sqlite3.Row]] = {
            row[0]: (_first(place), row) for place, row in enumerate(said)
        }
        for order, searched in enumerate(self._languages(language)):
            if len(found) + len(ranked) >= limit:
                break
            for row in self._by_words(query, searched):
                rank = _rank(wanted, spoken, order, row, searched)
                if row[0] not in ranked or rank < ranked[row[0]][0]:
                    ranked[row[0]] = rank, row
        # sorted() is stable: equal ranks keep the order of the index, shortest first.
        best = [row for _, row in sorted(ranked.values(), key=itemgetter(0))]
        if not asks_for_intent(spoken):
            # A code that accuses is a sensitive one: nobody gets it for an exposure to pressure.
            best = [row for row in best if not accuses(row[0])] or best
        for row in best:
            found.setdefault(row[0], row)
        return [self._entry(row, language) for row in islice(found.values(), limit)]

    def _as_said(self, query: str, language: str) -> list[sqlite3.Row]:
        """What people call so, as far as this index has the codes."""
        rows = (self._row(code) for code in codes_said(query, language))
        return [row for row in rows if row is not None and row[-1] is None]

    def lookup(self, code: str, language: str = "es") -> Entry | None:
        """The entry of exactly this code, withdrawn or not; letter case does not matter."""
        row = self._row(code.strip().upper())
        return self._entry(row, language) if row else None

    def _row(self, code: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._db.execute(
            f"SELECT {_COLUMNS} FROM concept WHERE code = ?",  # noqa: S608 -- constant columns
            (code,),
        ).fetchone()
        return found

    def record(
        self, text: str, entity_uris: Sequence[str] = (), language: str = "es"
    ) -> list[Recorded]:
        """Every code of a code or cluster, ready to be stored with its entity URI.

        `entity_uris`, when given, are those that came with the codes, in the same order; they are
        kept for codes that the index does not know. Raises Invalid for a malformed ICD-11 cluster
        and for another number of URIs than codes.
        """
        codes = parse_cluster(text).codes if self.info.system == "icd11" else (text.strip(),)
        if entity_uris and len(entity_uris) != len(codes):
            detail = f"{len(codes)} codes came with {len(entity_uris)} URIs"
            raise Invalid(fields=[FieldError("/entity_uris", "count", detail)])
        given = dict(zip(codes, entity_uris, strict=False))
        return [self._record(code, given.get(code, ""), language) for code in codes]

    def _record(self, code: str, given_uri: str, language: str) -> Recorded:
        entry = self.lookup(code, language)
        if entry is None:
            warning = f"{code} is not in {self.info.system} release {self.info.release}"
            return Recorded(code, given_uri, None, Status.UNKNOWN, warning)
        uri = entry.entity_uri or entry.linearization_uri
        warning_text = None
        if entry.status is Status.WITHDRAWN:
            warning_text = f"{code} was withdrawn in release {entry.withdrawn_in}"
        elif given_uri and given_uri not in (entry.entity_uri, entry.linearization_uri):
            warning_text = f"{code} came with an entity URI that is not its own in this release"
        return Recorded(code, given_uri or uri, entry.title, entry.status, warning_text)

    def _cluster_codes(self, query: str, language: str) -> list[Entry]:
        """The entries of the codes in a cluster that may still be in the typing, in its order."""
        entries = (self.lookup(code, language) for code in _SEPARATOR.split(query))
        return [entry for entry in entries if entry]

    def _by_code(self, query: str, limit: int) -> list[sqlite3.Row]:
        code = query.upper()
        if not any(c.isdigit() for c in code) or " " in code:
            return []
        rows: list[sqlite3.Row] = self._db.execute(
            f"SELECT {_COLUMNS} FROM concept WHERE code >= ? AND code < ?"  # noqa: S608
            " AND (withdrawn_in IS NULL OR code = ?) ORDER BY code LIMIT ?",
            (code, code + "\U0010ffff", code, limit),
        ).fetchall()
        return rows

    def _by_words(self, query: str, language: str) -> list[sqlite3.Row]:
        asked = telling_words(query)
        if not asked:
            return []
        match = f"{language} : (" + " AND ".join(f'"{singular(word)}"*' for word in asked) + ")"
        rows: list[sqlite3.Row] = self._db.execute(
            f"SELECT {_COLUMNS} FROM concept WHERE id IN"  # noqa: S608 -- constant columns
            " (SELECT rowid FROM term WHERE term MATCH ? ORDER BY rowid LIMIT ?) ORDER BY id",
            (match, _CANDIDATES),
        ).fetchall()
        return rows

    def _languages(self, preferred: str) -> list[str]:
        available = self.info.languages
        first = [preferred] if preferred in available else []
        return first + [language for language in available if language != preferred]

    def _entry(self, row: sqlite3.Row, language: str) -> Entry:
        code, *titles, entity, linearization, _residual, withdrawn_in = row
        by_language = dict(zip(LANGUAGES, titles, strict=True))
        shown = next(lang for lang in self._languages(language) if by_language[lang])
        return Entry(
            code=code,
            title=by_language[shown],
            language=shown,
            entity_uri=expand(self._entity_base, entity),
            linearization_uri=expand(self._linearization_base, linearization),
            status=Status.WITHDRAWN if withdrawn_in else Status.ACTIVE,
            withdrawn_in=withdrawn_in,
        )


def _first(place: int) -> _Rank:
    """What people call so, after a title that is the very text and before all others."""
    return (False, True, False, place - _CANDIDATES, False, 0)


def _rank(wanted: str, spoken: Sequence[str], order: int, row: sqlite3.Row, language: str) -> _Rank:
    """Smaller is better: nothing of violence or self-harm that was not asked for, the title itself,
    stems, the user's language, a title that begins so, more of the words whole."""
    title = fold(row[1 + LANGUAGES.index(language)])
    whole = set(words(title))
    return (
        is_external(row[0]) and not asks_for_external(spoken),
        title != wanted,
        is_extension(row[0]),
        order,
        not title.startswith(wanted),
        -sum(word in whole for word in spoken),
    )
