"""What the record announces about a patient's safety, so that other contexts can check orders.

Events carry ids and codes, never names or narrative. Subject of an event about an entry is the
entry, its sequence the entry's version, so that consumers keep the newest of each entry in
whatever order events arrive; of a death it is the patient.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.common import Contract, Id

ClinicalCode = Annotated[
    str,
    StringConstraints(
        pattern=r"^((atc:[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?)"
        r"|((substance|group):[a-z0-9][a-z0-9-]{0,79})|((cie11|snomed):[A-Za-z0-9./&-]{1,80}))$"
    ),
]
"""`atc:` and a code of any level, `substance:` and an International Nonproprietary Name in lower
case with hyphens (`substance:acetylsalicylic-acid`), `group:` and a group of the product's own pick
list (`group:penicillins`, `group:latex`), `cie11:` (extension code of a substance) or `snomed:`.
Orders checks the first three; an entry without one of them counts as uncoded there."""


class Criticality(StrEnum):
    """How dangerous the next reaction may be (FHIR allergy-intolerance-criticality)."""

    LOW = "low"
    HIGH = "high"
    UNKNOWN = "unable_to_assess"


class AllergyRecorded(Contract):
    """Data of `patients.allergy_recorded`: a new or changed allergy or intolerance.

    "None known" is not announced. A refuted entry or one entered in error is announced as removed.
    """

    patient_id: Id
    entry_id: Id
    codes: tuple[ClinicalCode, ...] = Field(max_length=20)
    """Empty when the substance was typed as free text."""
    criticality: Criticality = Criticality.UNKNOWN


class AllergyRemoved(Contract):
    """Data of `patients.allergy_removed`: it no longer counts."""

    patient_id: Id
    entry_id: Id


class MedicationRecorded(Contract):
    """Data of `patients.medication_recorded`: something the patient takes, new or changed."""

    patient_id: Id
    entry_id: Id
    codes: tuple[ClinicalCode, ...] = Field(max_length=20)
    """Empty when the medicine was typed as free text."""


class MedicationStopped(Contract):
    """Data of `patients.medication_stopped`: the patient no longer takes it."""

    patient_id: Id
    entry_id: Id


class PatientDeceased(Contract):
    """Data of `patients.patient_deceased`."""

    patient_id: Id
    deceased_on: date | None
    """None takes back a death that was recorded in error."""
