"""Who users are on paper: name and professional registration, kept by administrators.

Nobody enters his own, so that what a signature carries was checked by the institution.
"""

from schemas.prescriptions import Prescriber, PrescriberBody
from telesalud.orders.policy import GRANTS, MANAGE, SEARCH
from telesalud.orders.repository import prescriber_key
from telesalud.platform.access import require
from telesalud.platform.errors import NotFound, StaleVersion
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
    body = open_model(services.vault, Scope(tenant), item, PrescriberBody)
    return _view(body, user, item.version)


def put(
    services: Services, call: Call, user: str, body: PrescriberBody, version: int
) -> Prescriber:
    """Enter (version 0) or replace a registration; what was signed before keeps the old one.

    Raises StaleVersion.
    """
    require(call.caller, MANAGE, GRANTS)
    tenant = call.caller.tenant
    key = prescriber_key(tenant, user)
    sealed = seal_model(services.vault, Scope(tenant), key, body)
    work = Work(services, call)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=at_version(version) if version else ABSENT))
    work.audit("orders.put_prescriber", user, f"prescriber/{user}")
    answer = _view(body, user, version + 1)
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answer


def _view(body: PrescriberBody, user: str, version: int) -> Prescriber:
    fields = {name: getattr(body, name) for name in PrescriberBody.model_fields}
    return Prescriber(user=user, version=version, **fields)
