"""Who users are on paper: name and professional registration, kept by administrators.

Nobody enters their own, so that what a signature carries was checked by the institution.
"""

from schemas.prescriptions import Prescriber, PrescriberBody
from telesalud.orders.policy import GRANTS, MANAGE, SEARCH
from telesalud.orders.repository import prescriber_key
from telesalud.orders.stored import StoredPrescriber
from telesalud.platform.access import require, require_person
from telesalud.platform.errors import Forbidden, NotFound, StaleVersion
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


def read(services: Services, call: Call, user: str) -> Prescriber:
    """A prescriber on file. Raises NotFound."""
    require(call.caller, SEARCH, GRANTS)
    tenant = call.caller.tenant
    item = services.store.get(prescriber_key(tenant, user))
    if item is None:
        raise NotFound("no registration is on file for this user")
    stored = open_model(services.vault, Scope(tenant), item, StoredPrescriber)
    return stored.view(user, item.version)


def put(
    services: Services, call: Call, user: str, body: PrescriberBody, version: int
) -> Prescriber:
    """Enter (version 0) or replace a registration; what was signed before keeps the old one.

    Raises Forbidden for a machine and for one's own, StaleVersion, Invalid for characters that
    papers cannot show.
    """
    require(call.caller, MANAGE, GRANTS)
    require_person(call.caller)
    if user == call.caller.subject:
        raise Forbidden("another administrator enters your registration", right=MANAGE)
    refuse_unprintable(("", body))
    tenant = call.caller.tenant
    key = prescriber_key(tenant, user)
    stored = StoredPrescriber.of(body)
    sealed = seal_model(services.vault, Scope(tenant), key, stored)
    work = Work(services, call)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=at_version(version) if version else ABSENT))
    work.audit("orders.put_prescriber", user, f"prescriber/{user}")
    answer = stored.view(user, version + 1)
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answer
