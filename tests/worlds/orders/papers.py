"""Referrals and certificates to issue."""

from datetime import timedelta
from typing import Any

from schemas.papers import NewCertificate, NewReferral
from tests.worlds.orders.ward import PATIENT
from tests.worlds.world import START

TODAY = START.date()


def certificate(**changes: Any) -> NewCertificate:
    fields: dict[str, Any] = {
        "patient": PATIENT,
        "begin": TODAY,
        "end": TODAY + timedelta(days=2),
        "statement": "Requiere descanso médico.",
    }
    return NewCertificate(**fields | changes)


def referral(**changes: Any) -> NewReferral:
    fields: dict[str, Any] = {
        "patient": PATIENT,
        "to_service": "Cardiología",
        "reason": "Dolor torácico",
    }
    return NewReferral(**fields | changes)
