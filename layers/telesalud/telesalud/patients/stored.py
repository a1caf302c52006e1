"""Everything that this context stores as a model, by kind.

What an earlier release stored opens in every later one, and a release that is taken back opens what
the later one stored (docs/decisions/0006): a new field has a default, constraints are only ever
loosened. Each kind has its files in `tests/golden/patients`. Validators are built at first use
(`defer_build`): a cold function needs a few of these models.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from telesalud.patients.access import stored as access
from telesalud.patients.admissions import stored as admissions
from telesalud.patients.chart import stored as chart
from telesalud.patients.coverage import stored as coverage
from telesalud.patients.custody import stored as custody
from telesalud.patients.documents import stored as documents
from telesalud.patients.encounters import stored as encounters
from telesalud.patients.measurements import stored as measurements
from telesalud.patients.people import stored as people
from telesalud.patients.phrases import StoredPhrases
from telesalud.patients.questionnaires import stored as questionnaires
from telesalud.patients.reviews import stored as reviews
from telesalud.patients.summary import stored as summary
from telesalud.patients.surveillance import stored as surveillance

STORED: Final[Mapping[str, type[BaseModel]]] = {
    "patient": people.StoredPatient,
    "birth_posting": people.BirthPosting,
    "name_posting": people.NamePosting,
    "glass_reason": access.GlassReason,
    "access_report": reviews.StoredReport,
    "summary_encounters": summary.Encounters,
    "summary_entries": summary.Active,
    "summary_vitals": summary.Vitals,
    "encounter": encounters.StoredEncounter,
    "encounter_note": encounters.StoredNote,
    "encounter_chat": encounters.StoredChat,
    "encounter_connections": encounters.StoredConnections,
    "encounter_file": encounters.StoredFile,
    "encounter_attended": encounters.Attended,
    "problem": chart.StoredProblem,
    "allergy": chart.StoredAllergy,
    "medication": chart.StoredMedication,
    "immunization": chart.StoredImmunization,
    "procedure": chart.StoredProcedure,
    "family_history": chart.StoredFamilyHistory,
    "social_history": chart.StoredSocialHistory,
    "consent": chart.StoredConsent,
    "timeline_line": chart.TimelineLine,
    "document": documents.StoredDocument,
    "document_upload": documents.StoredUpload,
    "vitals": measurements.StoredVitals,
    "trend_point": measurements.StoredTrendPoint,
    "measuring_rules": measurements.StoredRules,
    "circumstances": measurements.StoredCircumstances,
    "form": questionnaires.StoredForm,
    "surveillance": surveillance.StoredSurveillance,
    "case": surveillance.Case,
    "case_owner": surveillance.CaseOwner,
    "admission": admissions.StoredAdmission,
    "phrases": StoredPhrases,
    "coverage": coverage.StoredCoverage,
    "export": custody.StoredExport,
    "hold": custody.StoredHold,
    "shredding": custody.StoredShredding,
}
