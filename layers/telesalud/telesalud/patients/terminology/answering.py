"""Answering searches of ICD-11. No patient is involved, so that nothing is audited."""

from typing import TYPE_CHECKING

from schemas.chart import DiagnosisCode
from schemas.terminology import (
    ClusterQuery,
    ClusterResult,
    CodeQuery,
    TerminologyEntry,
    TerminologyQuery,
    TerminologyResult,
)
from telesalud.patients.policy import GRANTS, READ_RECORD
from telesalud.patients.terminology.clusters import parse_cluster
from telesalud.patients.terminology.spoken import meant
from telesalud.platform.access import Caller, require
from telesalud.platform.errors import Invalid, NotFound

if TYPE_CHECKING:
    from telesalud.patients.terminology.search import Entry, TerminologyIndex


def search(caller: Caller, index: "TerminologyIndex", query: TerminologyQuery) -> TerminologyResult:
    """The best entries. Raises Forbidden."""
    require(caller, READ_RECORD, GRANTS)
    found = index.search(query.text, query.language, query.limit)
    corrected = None if found else meant(query.text)
    if corrected is not None:
        found = index.search(corrected, query.language, query.limit)
    return TerminologyResult(
        searched=corrected if found else None,
        items=tuple(_entry(one) for one in found),
        release=index.info.release,
        attribution=index.info.attribution,
    )


def lookup(
    caller: Caller, index: "TerminologyIndex", code: str, query: CodeQuery
) -> TerminologyEntry:
    """The entry of one code, withdrawn or not. Raises Forbidden, NotFound."""
    require(caller, READ_RECORD, GRANTS)
    found = index.lookup(code, query.language)
    if found is None:
        raise NotFound(f"this code is not in release {index.info.release}")
    return _entry(found)


def check(caller: Caller, index: "TerminologyIndex", query: ClusterQuery) -> ClusterResult:
    """A cluster's codes with titles and warnings. Raises Forbidden, Invalid."""
    require(caller, READ_RECORD, GRANTS)
    try:
        cluster = str(parse_cluster(query.code))
        recorded = index.record(cluster, (), query.language)
    except Invalid as refused:
        faults = [f._replace(pointer="/query/code") for f in refused.fields]
        raise Invalid(refused.detail, faults) from refused
    codes = tuple(
        DiagnosisCode(
            code=one.code,
            entity_uri=one.entity_uri,
            title=one.title,
            status=one.status.value,
            warning=one.warning,
        )
        for one in recorded
    )
    return ClusterResult(code=cluster, codes=codes, release=index.info.release)


def _entry(found: "Entry") -> TerminologyEntry:
    return TerminologyEntry(
        code=found.code,
        title=found.title,
        language=found.language,
        entity_uri=found.entity_uri,
        linearization_uri=found.linearization_uri,
        status=found.status.value,
        withdrawn_in=found.withdrawn_in,
    )
