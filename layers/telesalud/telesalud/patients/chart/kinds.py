"""What distinguishes the kinds of entries: their models, their rules, when they are in force."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from schemas import chart as c
from schemas.clinical_events import (
    AllergyRecorded,
    AllergyRemoved,
    MedicationRecorded,
    MedicationStopped,
)
from schemas.common import Contract
from schemas.summary import ActiveEntry
from telesalud.patients.chart.partial_dates import first_day, last_day, written
from telesalud.patients.chart.stored import (
    StoredAllergy,
    StoredConsent,
    StoredEntry,
    StoredFamilyHistory,
    StoredImmunization,
    StoredMedication,
    StoredProblem,
    StoredProcedure,
    StoredSocialHistory,
)
from telesalud.patients.people.births import check_life_date
from telesalud.platform.errors import FieldError, Invalid

Entry = (
    c.Problem
    | c.Allergy
    | c.Medication
    | c.Immunization
    | c.Procedure
    | c.FamilyHistory
    | c.SocialHistory
    | c.Consent
)
_DATES: Final = ("onset_on", "started_on", "given_on", "performed_on", "since", "ended_on")
_BEGINS: Final = ("onset_on", "started_on", "since")
_VOID: Final = (c.Verification.REFUTED, c.Verification.ERROR)
SKEW: Final = timedelta(minutes=5)
"""How far a client's clock may be ahead."""
TAKEN: Final = (c.MedicationStatus.ACTIVE, c.MedicationStatus.ON_HOLD)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry."""

    name: c.EntryKind
    body: type[c.EntryBody]
    view: type[Any]
    stored: type[StoredEntry]
    line: Callable[[Any], ActiveEntry | None] | None = None
    """The entry's line in the summary, None while it is not in force."""

    @property
    def prefix(self) -> str:
        """What the sort keys of present entries begin with."""
        return f"ENTRY#{self.name}#"

    def shown(self, entry: StoredEntry) -> Entry:
        """What callers see of an entry of this kind."""
        fields = {name: getattr(entry, name) for name in self.view.model_fields}
        for name, precision in entry.partial.items():
            fields[name] = written(fields[name], precision)
        shown: Entry = self.view(**fields)
        return shown


@dataclass(frozen=True, slots=True)
class Life:
    """Between which days something can have happened to somebody."""

    born: date | None
    """None while it is only estimated."""
    died: date | None
    today: date
    """The date at the site."""

    @property
    def last(self) -> date:
        """The latest day on which something can have ended."""
        return min(self.today, self.died) if self.died else self.today


def checked(body: c.AnyBody, life: Life, now: datetime) -> c.AnyBody:
    """The body with what follows from it: "resolved" and "stopped" set the end.

    Raises Invalid for dates in the future, before birth, after death, or ends before beginnings,
    and for an end of what has not ended.
    """
    faults: list[FieldError] = []
    for name in _DATES:
        day = getattr(body, name, None)
        if day is not None:
            born = life.born if life.born and last_day(day) < life.born else None
            try:
                check_life_date(first_day(day), born, life.today, f"/{name}", died=life.died)
            except Invalid as refused:
                faults += refused.fields
    begin = next((d for n in _BEGINS if (d := getattr(body, n, None)) is not None), None)
    end = getattr(body, "ended_on", None)
    if begin is not None and end is not None and last_day(end) < first_day(begin):
        faults.append(FieldError("/ended_on", "before-begin", "it ends before it begins"))
    faults += _statuses(body)
    if isinstance(body, c.AllergyBody) and body.sensitivity:
        detail = "an allergy is shown to everybody who treats the patient"
        faults.append(FieldError("/sensitivity", "never-withheld", detail))
    if isinstance(body, c.ConsentBody) and body.given_at > now + SKEW:
        faults.append(FieldError("/given_at", "in-future", "this is in the future"))
    if faults:
        raise Invalid("some dates or statuses do not fit", faults)
    if isinstance(body, c.ProblemBody) and body.status is c.ProblemStatus.RESOLVED:
        return body.model_copy(update={"ended_on": body.ended_on or life.last})
    if isinstance(body, c.MedicationBody) and body.status is c.MedicationStatus.STOPPED:
        return body.model_copy(update={"ended_on": body.ended_on or life.last})
    return body


def _statuses(body: c.AnyBody) -> Iterator[FieldError]:
    if isinstance(body, c.ImmunizationBody):
        yield from _vaccination(body)
    if isinstance(body, c.ProblemBody):
        ended = body.status is c.ProblemStatus.RESOLVED
    elif isinstance(body, c.MedicationBody):
        ended = body.status not in TAKEN
    else:
        return
    if body.ended_on is not None and not ended:
        yield FieldError("/ended_on", "not-ended", f"its status is {body.status.value}")


def _vaccination(body: c.ImmunizationBody) -> Iterator[FieldError]:
    """What cannot be: a lot that had expired, a reaction before the dose or without one."""
    given = body.status is c.EventStatus.COMPLETED
    if given and body.expires_on is not None and body.expires_on < first_day(body.given_on):
        yield FieldError("/expires_on", "expired", "the lot had expired on that day")
    if given and body.reason is not None:
        yield FieldError("/reason", "was-given", "it was given: a reason is for what was not")
    if body.reaction is None:
        return
    if body.status is c.EventStatus.NOT_DONE:
        yield FieldError("/reaction", "not-given", "what was not given causes no reaction")
    began = body.reaction.began_on
    if began is not None and began < first_day(body.given_on):
        yield FieldError("/reaction/began_on", "before-dose", "it began before the vaccination")


def _problem(entry: StoredProblem) -> ActiveEntry | None:
    if entry.verification in _VOID or entry.status is c.ProblemStatus.RESOLVED:
        return None
    return ActiveEntry(
        id=entry.id,
        version=entry.version,
        text=entry.text,
        codes=tuple(one.code for one in entry.diagnoses),
        status=entry.status.value,
        verification=entry.verification.value,
        since=entry.onset_on,
        since_precision=entry.partial.get("onset_on"),
        sensitivity=entry.sensitivity,
    )


def _allergy(entry: StoredAllergy) -> ActiveEntry | None:
    if entry.verification in _VOID or entry.ended_on is not None:
        return None
    return ActiveEntry(
        id=entry.id,
        version=entry.version,
        text=entry.text,
        codes=entry.codes,
        status=entry.type.value,
        verification=entry.verification.value,
        criticality=entry.criticality.value,
        detail=entry.reaction,
        since=entry.onset_on,
        since_precision=entry.partial.get("onset_on"),
        none_known=entry.type is c.AllergyType.NONE_KNOWN,
    )


def _medication(entry: StoredMedication) -> ActiveEntry | None:
    if entry.status not in TAKEN:
        return None
    how = " · ".join(part for part in (entry.dose, entry.route, entry.frequency) if part)
    return ActiveEntry(
        id=entry.id,
        version=entry.version,
        text=entry.text,
        codes=entry.codes,
        status=entry.status.value,
        detail=how or None,
        since=entry.started_on,
        since_precision=entry.partial.get("started_on"),
        sensitivity=entry.sensitivity,
    )


KINDS: Final[Mapping[c.EntryKind, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(c.EntryKind.PROBLEM, c.ProblemBody, c.Problem, StoredProblem, _problem),
        Kind(c.EntryKind.ALLERGY, c.AllergyBody, c.Allergy, StoredAllergy, _allergy),
        Kind(c.EntryKind.MEDICATION, c.MedicationBody, c.Medication, StoredMedication, _medication),
        Kind(c.EntryKind.IMMUNIZATION, c.ImmunizationBody, c.Immunization, StoredImmunization),
        Kind(c.EntryKind.PROCEDURE, c.ProcedureBody, c.Procedure, StoredProcedure),
        Kind(c.EntryKind.FAMILY_HISTORY, c.FamilyHistoryBody, c.FamilyHistory, StoredFamilyHistory),
        Kind(c.EntryKind.SOCIAL_HISTORY, c.SocialHistoryBody, c.SocialHistory, StoredSocialHistory),
        Kind(c.EntryKind.CONSENT, c.ConsentBody, c.Consent, StoredConsent),
    )
}


def announcement(entry: StoredEntry, before: StoredEntry | None) -> tuple[str, Contract] | None:
    """The event that tells order checks of an allergy or medication, if they need to know."""
    if isinstance(entry, StoredAllergy):
        if _counts(entry):
            return "patients.allergy_recorded", AllergyRecorded(
                patient_id=entry.patient,
                entry_id=entry.id,
                codes=entry.codes,
                criticality=entry.criticality,
            )
        gone: Contract = AllergyRemoved(patient_id=entry.patient, entry_id=entry.id)
        return ("patients.allergy_removed", gone) if _counts(before) else None
    if isinstance(entry, StoredMedication):
        if _counts(entry):
            return "patients.medication_recorded", MedicationRecorded(
                patient_id=entry.patient, entry_id=entry.id, codes=entry.codes
            )
        gone = MedicationStopped(patient_id=entry.patient, entry_id=entry.id)
        return ("patients.medication_stopped", gone) if _counts(before) else None
    return None


def _counts(entry: StoredEntry | None) -> bool:
    if isinstance(entry, StoredAllergy):
        line = _allergy(entry)
        return line is not None and not line.none_known
    return isinstance(entry, StoredMedication) and _medication(entry) is not None
