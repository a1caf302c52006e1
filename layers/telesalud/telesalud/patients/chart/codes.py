"""Diagnosis codes of entries: checked against the release in use, kept whatever it knows."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from schemas.chart import Diagnosis, DiagnosisCode, DiagnosisGiven
from schemas.encounters import Sensitivity
from telesalud.patients.terminology.clusters import parse_cluster
from telesalud.platform.errors import FieldError, Invalid

UNCHECKED: Final = "unchecked"
_SENSITIVE: Final = (
    (("1C60", "1C61", "1C62"), Sensitivity.HIV),
    (("1A6", "1A7", "1A8", "1A9"), Sensitivity.SEXUAL_HEALTH),
    (("6C4", "6C5"), Sensitivity.SUBSTANCE_USE),
    (("6A", "6B", "6C", "6D", "6E"), Sensitivity.PSYCHIATRY),
    (("PJ2", "QE82"), Sensitivity.VIOLENCE),
)

if TYPE_CHECKING:
    from telesalud.patients.terminology.search import TerminologyIndex
"""Blocks of ICD-11 MMS: HIV disease 1C60-1C62; predominantly sexually transmitted infections
1A60-1A9Z; disorders due to substance use 6C40-6C5Z; mental disorders, chapter 06; maltreatment
PJ20-PJ2Z and personal history of maltreatment QE82. The first that fits counts."""


def diagnoses(
    given: Sequence[DiagnosisGiven], index: "TerminologyIndex | None"
) -> tuple[Diagnosis, ...]:
    """Codes as they are kept: with entity URI, title and status, or a warning.

    Unknown and withdrawn codes warn and are kept with the URIs that came with them. Raises Invalid
    for what is no cluster, and for another number of URIs than codes.
    """
    faults: list[FieldError] = []
    kept: list[Diagnosis] = []
    for number, one in enumerate(given):
        try:
            kept.append(_diagnosis(one, index))
        except Invalid as refused:
            at = f"/diagnoses/{number}"
            faults += [f._replace(pointer=at + (f.pointer or "/code")) for f in refused.fields]
    if faults:
        raise Invalid("some codes are malformed", faults)
    return tuple(kept)


def sensitivity_of(found: Iterable[Diagnosis]) -> set[Sensitivity]:
    """The labels that the codes imply."""
    return {
        label for one in found for code in one.codes if (label := _label(code.code)) is not None
    }


def _label(code: str) -> Sensitivity | None:
    return next((label for blocks, label in _SENSITIVE if code.startswith(blocks)), None)


def _diagnosis(given: DiagnosisGiven, index: "TerminologyIndex | None") -> Diagnosis:
    cluster = str(parse_cluster(given.code))
    codes = (
        _unchecked(cluster, given.entity_uris)
        if index is None
        else tuple(
            DiagnosisCode(
                code=one.code,
                entity_uri=one.entity_uri,
                title=one.title,
                status=one.status.value,
                warning=one.warning,
            )
            for one in index.record(cluster, given.entity_uris)
        )
    )
    return Diagnosis(code=cluster, entity_uris=given.entity_uris, icd10=given.icd10, codes=codes)


def _unchecked(cluster: str, uris: Sequence[str]) -> tuple[DiagnosisCode, ...]:
    codes = parse_cluster(cluster).codes
    if uris and len(uris) != len(codes):
        detail = f"{len(codes)} codes came with {len(uris)} URIs"
        raise Invalid(fields=[FieldError("/entity_uris", "count", detail)])
    given = dict(zip(codes, uris, strict=False))
    warning = "no release of ICD-11 is installed; the code was not looked up"
    return tuple(
        DiagnosisCode(
            code=code, entity_uri=given.get(code, ""), title=None, status=UNCHECKED, warning=warning
        )
        for code in codes
    )
