"""The care relation, which the patients context keeps, enforced for what is ordered.

A right that somebody has by a role other than physician or nurse (the laboratory, the pharmacy) or
by a partner's scope needs no relation: such work comes with the order. Everybody else is asked for
at the patients service, in his own name: booked, treated, referred, team, or a broken glass.
"""

from dataclasses import replace
from typing import Final

from schemas.care import Admission, RelationKind
from schemas.orders import EntryKind, Order
from telesalud.orders import repository
from telesalud.orders.desk import Desk
from telesalud.orders.policy import GRANTS
from telesalud.platform.access import Role, allows, require
from telesalud.platform.errors import NotFound
from telesalud.platform.work import Call, Work

BROKEN_GLASS: Final = "break-glass"
_BY_PATIENT: Final = frozenset({Role.PHYSICIAN, Role.NURSE})


def admitted(desk: Desk, call: Call, patient: str, right: str) -> Admission:
    """The ids of the patient, for a caller who may use `right` on him.

    An access that only a broken glass allows leaves an entry of its own. Raises Forbidden,
    NotFound, Gone, Unavailable.
    """
    require(call.caller, right, GRANTS)
    otherwise = replace(call.caller, roles=call.caller.roles - _BY_PATIENT)
    if allows(otherwise, right, GRANTS):
        return Admission(patient=patient, members=(patient,), relations=(), deceased=False)
    found = desk.people.admit(patient)
    if found.relations == (RelationKind.GLASS,):
        work = Work(desk.services, call)
        work.audit("orders.enter", found.patient, f"patient/{patient}", reason=BROKEN_GLASS)
        work.commit()
    return found


def admitted_to(desk: Desk, call: Call, kind: EntryKind, which: str, right: str) -> None:
    """The same for one thing that was ordered; who answers for an order always comes to it, or a
    result would stay unsigned. Raises NotFound, Forbidden, Gone, Unavailable."""
    require(call.caller, right, GRANTS)
    item = desk.services.store.get(repository.main_key(call.caller.tenant, kind, which))
    if item is None:
        raise NotFound(f"there is no such {kind.value}")
    if kind is EntryKind.ORDER:
        order = repository.opened(desk.services.vault, call.caller.tenant, item, Order)
        if call.caller.subject in (order.created_by, order.orderer):
            return
    admitted(desk, call, item.text("patient"), right)
