"""Carries the caller from an authorizer to the operations, through API Gateway's flat context."""

import json
from collections.abc import Mapping

from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.errors import Unauthenticated

_FIELD = "caller"


def context_of(caller: Caller) -> dict[str, str]:
    """The authorizer's `context`: API Gateway passes strings only."""
    return {
        _FIELD: json.dumps(
            {
                "tenant": caller.tenant,
                "subject": caller.subject,
                "kind": caller.kind.value,
                "roles": sorted(caller.roles),
                "scopes": sorted(caller.scopes),
                "session": caller.session,
                "expires": caller.expires,
                "issued": caller.issued,
                "name": caller.name,
            }
        )
    }


def caller_from_context(vouched: Mapping[str, str]) -> Caller:
    """The caller whom `context_of` describes. Raises Unauthenticated when there is none."""
    text = vouched.get(_FIELD)
    if not text:
        raise Unauthenticated
    fields = json.loads(text)
    return Caller(
        tenant=fields["tenant"],
        subject=fields["subject"],
        kind=CallerKind(fields["kind"]),
        roles=frozenset(Role(role) for role in fields["roles"]),
        scopes=frozenset(fields["scopes"]),
        session=fields["session"],
        expires=fields.get("expires", 0),
        issued=fields.get("issued", 0),
        name=fields.get("name", ""),
    )
