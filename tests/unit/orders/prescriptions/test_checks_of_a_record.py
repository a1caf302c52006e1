"""What a check takes from the rest of the record: other prescriptions, entries that say the same,
registrations that were merged."""

import pytest

from schemas.prescriptions import AlertKind, Checks, Dose, NewPrescription, Override, Sign
from telesalud.orders.errors import BlockingAlerts
from telesalud.orders.prescriptions import prescribing
from telesalud.platform.errors import Unavailable
from tests.worlds.orders.ward import (
    NURSE,
    OTHER_PATIENT,
    PATIENT,
    PHARMACIST,
    Ward,
    line,
    physician,
)
from tests.worlds.world import call

REASON = "El paciente ya tiene en casa"


@pytest.fixture
def ward() -> Ward:
    return Ward()


def checks(ward: Ward, which: str) -> Checks:
    return prescribing.check(ward.services, call(physician()), which, "es")


def test_another_prescriptions_doses_count_until_it_ends_or_is_renewed(ward: Ward) -> None:
    twice = line("PAR500", dose=Dose(value=2, unit="tableta"), quantity=42)
    body = NewPrescription(patient=PATIENT, lines=(twice,))
    by = call(physician())
    first = prescribing.draft(ward.services, by, body)
    signed = prescribing.sign(ward.services, by, first.id, Sign(), first.version)
    again = prescribing.draft(ward.services, by, body)
    assert "daily_with_others" in {a.source for a in checks(ward, again.id).alerts}
    renewed = prescribing.renew(ward.services, by, signed.id)
    assert "daily_with_others" not in {a.source for a in checks(ward, renewed.id).alerts}
    ward.world.clock.advance(days=9)
    assert "daily_with_others" not in {a.source for a in checks(ward, again.id).alerts}


def test_a_medicine_that_was_recorded_twice_gives_one_alert_that_names_both(ward: Ward) -> None:
    for entry in ("019ab000-0000-7000-8000-0000000000a1", "019ab000-0000-7000-8000-0000000000a2"):
        fact = {"entry_id": entry, "codes": ["substance:warfarin"]}
        ward.hear("patients.medication_recorded", fact, subject=entry)
    drafted = ward.draft("IBU400")
    [alert] = [a for a in checks(ward, drafted.id).alerts if a.kind is AlertKind.INTERACTION]
    assert len(alert.sources) == 2
    assert alert.second.endswith("(2 registros)")
    override = Override(alert=alert.id, reason=REASON, precaution=REASON)
    signed = prescribing.sign(
        ward.services, call(physician()), drafted.id, Sign(overrides=(override,)), drafted.version
    )
    assert signed.overrides[0].alert.sources == alert.sources


def test_two_different_medicines_give_an_alert_each(ward: Ward) -> None:
    for number, code in enumerate(("substance:warfarin", "substance:acenocoumarol"), 1):
        entry = f"019ab000-0000-7000-8000-0000000000b{number}"
        fact = {"entry_id": entry, "codes": [code]}
        ward.hear("patients.medication_recorded", fact, subject=entry)
    alerts = checks(ward, ward.draft("IBU400").id).alerts
    assert len([a for a in alerts if a.kind is AlertKind.INTERACTION]) == 2


def test_a_quantity_far_from_the_course_needs_a_reason_to_be_signed(ward: Ward) -> None:
    body = NewPrescription(patient=PATIENT, lines=(line("PAR500", quantity=90),))
    drafted = prescribing.draft(ward.services, call(physician()), body)
    [asked] = [a for a in checks(ward, drafted.id).alerts if a.asks_reason]
    assert checks(ward, drafted.id).needs[0].units == 21
    with pytest.raises(BlockingAlerts):
        prescribing.sign(ward.services, call(physician()), drafted.id, Sign(), drafted.version)
    told = Sign(overrides=(Override(alert=asked.id, reason=REASON),))
    signed = prescribing.sign(ward.services, call(physician()), drafted.id, told, drafted.version)
    assert signed.overrides[0].reason == REASON


def test_every_registrations_allergies_meet_a_prescription_whoever_checks_it(ward: Ward) -> None:
    entry = "019ab000-0000-7000-8000-0000000000c1"
    fact = {"patient_id": OTHER_PATIENT, "entry_id": entry, "codes": ["substance:amoxicillin"]}
    ward.hear("patients.allergy_recorded", fact | {"criticality": "high"}, subject=entry)
    signed = ward.signed("PAR500", "AMX500")
    ward.people.merged = {OTHER_PATIENT: PATIENT}
    for caller in (physician(), NURSE, PHARMACIST):
        found = prescribing.check(ward.services, call(caller), signed.id, "es")
        assert AlertKind.ALLERGY in {a.kind for a in found.alerts}, caller.subject


def test_a_pharmacist_is_told_when_other_registrations_cannot_be_asked_for(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = ward.signed()

    def down(patient: str) -> tuple[str, ...]:
        raise Unavailable("the patients service did not answer")

    monkeypatch.setattr(ward.people, "members", down)
    with pytest.raises(Unavailable):
        prescribing.check(ward.services, call(PHARMACIST), signed.id, "es")
