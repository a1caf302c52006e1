"""What machines may be given: nothing that a person answers for."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from schemas.identity import MACHINE_SCOPES, NewClient
from telesalud.appointments import policy as appointments
from telesalud.consults import policy as consults
from telesalud.identity import clients, repository
from telesalud.identity import policy as identity
from telesalud.identity.errors import ScopeRefused
from telesalud.orders import policy as orders
from telesalud.patients import policy as patients
from tests.worlds.identity.clinic import ANYBODY, Clinic
from tests.worlds.world import call

OF_PEOPLE = (
    identity.ADMINISTER,
    patients.SIGN,
    patients.AMEND_OTHERS,
    patients.BREAK_GLASS,
    patients.ASSIGN,
    patients.MERGE,
    patients.HOLD,
    patients.SHRED,
    patients.CONNECT,
    orders.PRESCRIBE,
    orders.ORDER,
    consults.ADMIN,
    consults.ATTEND,
    appointments.CONNECT,
    appointments.JOIN,
)


@pytest.mark.parametrize("right", OF_PEOPLE)
def test_no_machine_is_given_what_a_person_answers_for(right: str) -> None:
    assert right not in MACHINE_SCOPES
    with pytest.raises(ValidationError):
        NewClient(name="Sistema", scopes=("patients.read", right))


@pytest.mark.parametrize("text", ["patients.everything", "patients.read ", "PATIENTS.READ", "*"])
def test_only_scopes_that_exist_are_granted(text: str) -> None:
    with pytest.raises(ValidationError):
        NewClient(name="Sistema", scopes=(text,))


def test_a_client_from_before_gets_tokens_for_what_machines_may_only() -> None:
    clinic = Clinic()
    by = call(clinic.administrator.caller)
    made = clients.register(
        clinic.services, by, NewClient(name="Sistema", scopes=("patients.read",))
    )
    old = repository.load_client(clinic.services.core, by.caller.tenant, made.client.id)
    wide = replace(old, scopes=frozenset({"patients.read", "patients.sign"}))
    clinic.services.core.store.transact([repository.put_client(wide)])
    proof = (made.client.client_id, made.secret.secret)
    assert clients.token(clinic.services, ANYBODY, *proof, "").scope == "patients.read"
    with pytest.raises(ScopeRefused):
        clients.token(clinic.services, ANYBODY, *proof, "patients.sign")
