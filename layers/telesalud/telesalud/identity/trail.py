"""Reading this context's audit trail."""

from typing import cast

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import repository
from telesalud.identity.model import IdentityServices
from telesalud.identity.policy import GRANTS, READ_AUDIT
from telesalud.platform.access import require
from telesalud.platform.audit import entry_key
from telesalud.platform.clock import from_text
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import Item
from telesalud.platform.trail.searching import search
from telesalud.platform.work import Call, Work


def read(services: IdentityServices, call: Call, query: contract.AuditQuery) -> contract.AuditPage:
    """Entries about one subject, the newest first; reading leaves an entry of its own."""
    require(call.caller, READ_AUDIT, GRANTS)
    partition = entry_key(call.caller.tenant, query.subject, "").pk
    items, cursor = search(services.core.store, partition, query)
    work = Work(services.core, call)
    work.audit("identity.read_audit", call.caller.subject, f"audit/{query.subject}")
    work.commit()
    return contract.AuditPage(items=tuple(_view(item) for item in items), cursor=cursor)


def people(services: IdentityServices, call: Call, page: PageQuery) -> contract.PersonPage:
    """Whom the ids of the trail stand for, in order of creation. Raises Forbidden."""
    require(call.caller, READ_AUDIT, GRANTS)
    found = services.core.store.query(
        repository.user_key(call.caller.tenant, "").pk,
        after=from_cursor(page.cursor),
        limit=page.limit,
    )
    users = (repository.user_of(services.core, item) for item in found.items)
    return contract.PersonPage(
        items=tuple(
            contract.PersonView(
                id=user.id,
                display_name=user.profile.display_name,
                user_name=user.profile.user_name,
            )
            for user in users
        ),
        cursor=to_cursor(found.next_after),
    )


def _view(item: Item) -> contract.AuditView:
    return contract.AuditView(
        id=item.key.sk,
        actor=item.text("actor"),
        actor_kind=item.text("actor_kind"),
        action=item.text("action"),
        resource=item.text("resource"),
        outcome=cast("contract.OutcomeName", item.text("outcome")),
        reason=item.text("reason"),
        at=from_text(item.text("at")),
        request_id=item.text("request_id"),
    )
