"""Which rights each role has over patients and their records."""

from telesalud.platform.access import Grants, Role

READ = "patients.read"
"""Find people and read their demographics."""
WRITE = "patients.write"
"""Register and correct."""
READ_RECORD = "patients.read_record"
"""Encounters, notes and documents."""
WRITE_RECORD = "patients.write_record"
"""Write encounters, entries of the chart, measurements, forms and documents."""
READ_SENSITIVE = "patients.read_sensitive"
"""A partner's scope for sensitive information; users need a closer care relation."""
SIGN = "patients.sign"
"""Sign, co-sign and finalise encounters."""
AMEND_OTHERS = "patients.amend_others"
"""Amend notes that somebody else wrote: a medical director, who is also a clinician."""
ASSIGN = "patients.assign"
"""Refer a patient or add somebody to the team."""
BREAK_GLASS = "patients.break_glass"
"""See a record in an emergency."""
READ_TRAIL = "patients.read_trail"
"""Who has seen which record, and who may."""
REVIEW = "patients.review_access"
"""Say whether an access that was reported is in order: an auditor, no administrator."""
MERGE = "patients.merge"
"""Merge two registrations of one person, and take it back."""
EXPORT = "patients.export"
"""Copy a whole record."""
HOLD = "patients.hold"
"""Set and lift legal holds."""
SHRED = "patients.shred"
"""Ask for the destruction of a record, and agree to what another asked for."""
CONNECT = "patients.connect"
"""Set the credentials for the consults service."""
REPORT_OWN = "patients.report_own"
"""Reports over what one attended or recorded oneself."""
REPORT_UNSIGNED = "patients.report_unsigned"
"""Everybody's unsigned notes."""
REPORT_NOTIFIABLE = "patients.report_notifiable"
"""Everybody's notifiable diagnoses; needs READ_RECORD besides, so that only an administrator who
is also a clinician, as a medical director is, has both."""
ADMIT = "patients.admit"
"""Admit, move, and take an admission back that was entered in error."""
READ_ADMISSIONS = "patients.read_admissions"
"""Who is here, where, and why they came; no more of the record."""
DISCHARGE = "patients.discharge"
"""Sign a discharge, in one's own care."""

_CLINICIAN = frozenset(
    {
        READ,
        WRITE,
        READ_RECORD,
        WRITE_RECORD,
        SIGN,
        ASSIGN,
        BREAK_GLASS,
        REPORT_OWN,
        READ_ADMISSIONS,
    }
)

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset(
        {
            READ,
            WRITE,
            MERGE,
            CONNECT,
            ASSIGN,
            AMEND_OTHERS,
            READ_TRAIL,
            EXPORT,
            HOLD,
            SHRED,
            REPORT_UNSIGNED,
            REPORT_NOTIFIABLE,
            ADMIT,
            READ_ADMISSIONS,
        }
    ),
    Role.PHYSICIAN: _CLINICIAN | {ADMIT, DISCHARGE},
    Role.NURSE: _CLINICIAN | {ADMIT},
    Role.FRONT_DESK: frozenset({READ, WRITE, ASSIGN}),
    Role.PHARMACIST: frozenset({READ, READ_ADMISSIONS}),
    Role.LABORATORY: frozenset({READ}),
    Role.AUDITOR: frozenset({READ, READ_TRAIL, REVIEW}),
    Role.PHARMACY_ASSISTANT: frozenset({READ, READ_ADMISSIONS}),
    Role.WARD_NURSE: frozenset({READ, READ_ADMISSIONS}),
    Role.ADMISSIONS: frozenset({READ, WRITE, ADMIT, READ_ADMISSIONS}),
    Role.BILLING: frozenset({READ, READ_ADMISSIONS}),
}
