"""What earlier releases stored opens, and keeps what later ones added to it."""

import json
from collections.abc import Mapping

import pytest
from pydantic import BaseModel

from schemas import attachments, orders, papers, prescriptions
from schemas.orders import EntryKind
from schemas.prescriptions import Stop
from telesalud.orders.prescriptions import prescribing
from telesalud.orders.repository import main_key
from telesalud.orders.stored import STORED, StoredOrder, StoredPaper, StoredPrescription
from telesalud.platform.sealed import ATTRIBUTE, from_json, place
from telesalud.platform.store import Put, at_version
from telesalud.platform.vault import Scope
from tests.support import golden
from tests.worlds.orders.ward import PATIENT, Ward, physician
from tests.worlds.world import TENANT, call

EVENTS: Mapping[str, type[BaseModel]] = {
    **orders.EVENTS,
    **papers.EVENTS,
    **prescriptions.EVENTS,
    **attachments.EVENTS,
}


def test_what_any_release_stored_opens() -> None:
    golden.check("orders", {**STORED, **EVENTS})


@pytest.mark.parametrize(
    ("kind", "stored", "answered"),
    [
        ("prescription", StoredPrescription, prescriptions.Prescription),
        ("order", StoredOrder, orders.Order),
        ("paper", StoredPaper, papers.Paper),
    ],
)
def test_what_is_stored_is_answered_as_the_contract_says(
    kind: str,
    stored: type[StoredPrescription | StoredOrder | StoredPaper],
    answered: type[BaseModel],
) -> None:
    body = [known.body for known in golden.goldens("orders") if known.kind == kind][-1]
    view = from_json(stored, json.dumps(body)).view(7)
    said = {**body, "version": 7}
    if later := said.pop("more_alerts", []):
        said["alerts"] = [*said["alerts"], *later]
    assert view == answered.model_validate_json(json.dumps(said))
    assert json.loads(view.model_dump_json()) == said


def test_a_change_keeps_what_a_later_release_has_added_and_answers_nothing_of_it() -> None:
    ward = Ward()
    signed = ward.signed()
    key, scope = main_key(TENANT, EntryKind.PRESCRIPTION, signed.id), Scope(TENANT, PATIENT)
    later = json.loads(signed.model_dump_json())
    later["added"] = {"by": "a later release"}
    later["lines"][0]["added"] = True
    sealed = ward.vault.seal(scope, place(key), json.dumps(later).encode())
    change = Put(key, {"patient": PATIENT, ATTRIBUTE: sealed}, at_version(signed.version))
    ward.world.store.transact([change])
    stopping = Stop(reason="El paciente ya no lo necesita")
    stopped = prescribing.stop(
        ward.services, call(physician()), signed.id, stopping, signed.version + 1
    )
    assert "added" not in stopped.model_dump_json()
    item = ward.world.store.get(key)
    assert item is not None
    kept = json.loads(ward.vault.open(scope, place(key), item.blob(ATTRIBUTE)))
    assert (kept["added"], kept["lines"][0]["added"]) == ({"by": "a later release"}, True)
    assert kept["status"] == "stopped"
