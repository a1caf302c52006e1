"""Searching over HTTP's parameters, a page at a time.

The address of a next page names neither the parameters nor the position: it is sealed, because
both tell of people.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence

from telesalud.interop import policy
from telesalud.interop.fhir.bundles import searched
from telesalud.interop.fhir.criteria import Pairs, Query, parse
from telesalud.interop.fhir.exact import Object
from telesalud.interop.fhir.finding import find, owner_criterion
from telesalud.interop.fhir.matching import reference_of
from telesalud.interop.fhir.postings import is_owner
from telesalud.interop.fhir.refusals import bad_request
from telesalud.interop.fhir.services import FhirServices
from telesalud.platform.ports.keys import Tampered
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work

PAGE = "_page"
_PLACE = "fhir-page"


def search(
    services: FhirServices,
    call: Call,
    type_: str,
    pairs: Pairs,
    *,
    patient: str = "",
    strict: bool = False,
) -> Object:
    """The bundle of a search; with `patient`, of what is theirs. Raises Forbidden, Refused."""
    policy.demand(call.caller, "s", type_)
    tenant = call.caller.tenant
    after: Sequence[str] | None = None
    page = dict(pairs).get(PAGE)
    if page:
        pairs, patient, after = _turned(services, tenant, type_, page)
    query = parse(type_, pairs, strict=strict)
    inner = [*(c.target for c in query.chains), *(r.type for r in query.reverses)]
    policy.demand(call.caller, "s", *inner)
    if patient:
        query.criteria.append(owner_criterion(type_, patient))
    results = find(services, tenant, query, after)
    next_ = ""
    if results.after is not None and query.summary != "count":
        sealed = _turning(services, tenant, type_, pairs, patient=patient, after=results.after)
        next_ = f"{services.base}/{type_}?{PAGE}={sealed}"
    path = f"Patient/{patient}/{type_}" if patient else type_
    bundle = searched(services, call.caller, query, results, path=path, next_=next_)
    work = Work(services, call)
    names = ",".join(sorted({name for name, _ in query.used}))[:200]
    work.audit("interop.search", _subject(services, query) or type_, f"{type_}?{names}")
    work.commit()
    return bundle


def _subject(services: FhirServices, query: Query) -> str:
    """The one patient of whom a search asks, so that their trail shows it."""
    for each in query.criteria:
        if is_owner(query.type, each.parameter) and len(each.values) == 1:
            local, _ = reference_of(each, each.values[0], services.base)
            return local.rpartition("/")[2]
    return ""


def _turning(
    services: FhirServices,
    tenant: str,
    type_: str,
    pairs: Pairs,
    *,
    patient: str,
    after: Sequence[str],
) -> str:
    text = json.dumps([type_, [p for p in pairs if p[0] != PAGE], patient, list(after)])
    sealed = services.vault.seal(Scope(tenant), _PLACE, text.encode())
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def _turned(
    services: FhirServices, tenant: str, type_: str, page: str
) -> tuple[Pairs, str, Sequence[str]]:
    try:
        sealed = urlsafe_b64decode(page + "=" * (-len(page) % 4))
        text = services.vault.open(Scope(tenant), _PLACE, sealed)
    except (Tampered, Error, ValueError):
        raise bad_request("this is no page of a search of yours") from None
    own, pairs, patient, after = json.loads(text)
    if own != type_:
        raise bad_request("this is a page of another search")
    return [(name, value) for name, value in pairs], patient, after
