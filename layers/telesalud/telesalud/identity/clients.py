"""Partner systems: registration, secrets, and their access tokens (RFC 6749 §4.4)."""

import hashlib
import hmac
from dataclasses import replace

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import issuing, repository
from telesalud.identity.errors import ClientRefused, ScopeRefused
from telesalud.identity.model import Client, IdentityServices, Secret
from telesalud.identity.policy import ACTIVE_SECRETS, ADMINISTER, GRANTS
from telesalud.identity.users import still_administrator
from telesalud.platform.access import Caller, CallerKind, require
from telesalud.platform.audit import Outcome
from telesalud.platform.errors import Conflict, NotFound, StaleVersion
from telesalud.platform.ids import new_secret
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import ConditionFailed
from telesalud.platform.work import Call, Work

_LONGEST_ID = 200
_DECOY = hashlib.sha256(b"").hexdigest()


def register(
    services: IdentityServices, call: Call, command: contract.NewClient
) -> contract.ClientCreated:
    """A partner system with its first secret. Raises Forbidden."""
    require(call.caller, ADMINISTER, GRANTS)
    secret, kept = _new_secret(services)
    client = Client(
        id=services.core.new_id(),
        tenant=call.caller.tenant,
        name=command.name,
        scopes=frozenset(command.scopes),
        active=True,
        created_at=services.core.clock(),
        secrets=(kept,),
        version=0,
    )
    answer = contract.ClientCreated(client=view(client), secret=secret)
    work = _work(services, call, "identity.register_client", client)
    work.commit(answer, version=1)
    return answer


def _new_secret(services: IdentityServices) -> tuple[contract.ClientSecret, Secret]:
    given = contract.ClientSecret(id=services.core.new_id(), secret=new_secret())
    return given, Secret(given.id, _hash(given.secret), services.core.clock())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _work(services: IdentityServices, call: Call, action: str, client: Client) -> Work:
    work = Work(services.core, call)
    work.add(repository.put_client(client), *still_administrator(services, call))
    work.audit(action, client.id, f"client/{client.id}")
    return work


def listed(services: IdentityServices, call: Call, page: PageQuery) -> contract.ClientPage:
    """Partner systems in order of registration. Raises Forbidden."""
    require(call.caller, ADMINISTER, GRANTS)
    found = services.core.store.query(
        repository.client_key(call.caller.tenant, "").pk,
        after=from_cursor(page.cursor),
        limit=page.limit,
    )
    views = tuple(view(repository.client_of(item)) for item in found.items)
    return contract.ClientPage(items=views, cursor=to_cursor(found.next_after))


def read(services: IdentityServices, call: Call, client: str) -> Client:
    """A partner system of the caller's tenant. Raises Forbidden, NotFound."""
    require(call.caller, ADMINISTER, GRANTS)
    return repository.load_client(services.core, call.caller.tenant, client)


def update(
    services: IdentityServices,
    call: Call,
    client: str,
    version: int,
    command: contract.ClientUpdate,
) -> Client:
    """Replace name, scopes and state. Raises Forbidden, NotFound, StaleVersion."""
    before = read(services, call, client)
    after = replace(
        before,
        name=command.name,
        scopes=frozenset(command.scopes),
        active=command.active,
        version=version,
    )
    return _replace(services, call, "identity.update_client", after)


def add_secret(services: IdentityServices, call: Call, client: str) -> contract.ClientSecret:
    """A second secret, so that the partner can change over. Raises Conflict when there are two."""
    before = read(services, call, client)
    if len(before.secrets) >= ACTIVE_SECRETS:
        raise Conflict("there are two secrets already; remove the old one first")
    secret, kept = _new_secret(services)
    after = replace(before, secrets=(*before.secrets, kept))
    work = _work(services, call, "identity.add_client_secret", after)
    work.commit(secret)
    return secret


def remove_secret(
    services: IdentityServices, call: Call, client: str, version: int, secret: str
) -> Client:
    """Make a secret useless at once. Raises NotFound, StaleVersion, Conflict for the last one."""
    before = read(services, call, client)
    left = tuple(kept for kept in before.secrets if kept.id != secret)
    if left == before.secrets:
        raise NotFound("there is no such secret")
    if not left:
        raise Conflict("this is the only secret; add another first, or disable the client")
    after = replace(before, secrets=left, version=version)
    return _replace(services, call, "identity.remove_client_secret", after)


def _replace(services: IdentityServices, call: Call, action: str, after: Client) -> Client:
    work = _work(services, call, action, after)
    try:
        work.commit()
    except ConditionFailed as failed:
        if failed.at(repository.client_key(after.tenant, after.id)):
            raise StaleVersion from failed
        raise
    return replace(after, version=after.version + 1)


def view(client: Client) -> contract.ClientView:
    """The client without its secrets."""
    return contract.ClientView(
        id=client.id,
        client_id=client.client_id,
        name=client.name,
        scopes=tuple(sorted(client.scopes)),
        active=client.active,
        created_at=client.created_at,
        secrets=tuple(
            contract.SecretView(id=kept.id, created_at=kept.created_at) for kept in client.secrets
        ),
    )


def token(
    services: IdentityServices, call: Call, client_id: str, secret: str, scope: str
) -> contract.TokenAnswer:
    """An access token for a partner; without `scope`, for all that it was granted.

    Raises ClientRefused, ScopeRefused.
    """
    client = _authenticated(services, call, client_id, secret)
    # What machines are no longer given ends with the next token, whatever a client was granted.
    granted = client.scopes & frozenset(contract.MACHINE_SCOPES)
    asked = frozenset(scope.split()) or granted
    if not asked <= granted:
        raise ScopeRefused
    return contract.TokenAnswer(
        access_token=issuing.client_token(services, client, asked),
        expires_in=issuing.LIFETIME_SECONDS,
        scope=" ".join(sorted(asked)),
    )


def _authenticated(services: IdentityServices, call: Call, client_id: str, secret: str) -> Client:
    if len(client_id) > _LONGEST_ID:
        raise ClientRefused
    tenant, _, id_ = client_id.partition(".")
    item = services.core.store.get(repository.client_key(tenant or "-", id_ or "-"))
    client = repository.client_of(item) if item else None
    hashed = _hash(secret)
    kept = [secret.hash for secret in client.secrets] if client else [_DECOY]
    right = any(hmac.compare_digest(one, hashed) for one in kept)
    if client is None or not right or not client.active:
        if client is not None:
            _audit_refusal(services, call, client, "disabled" if right else "secret")
        raise ClientRefused
    return client


def _audit_refusal(services: IdentityServices, call: Call, client: Client, reason: str) -> None:
    caller = Caller(client.tenant, "anonymous", CallerKind.ANONYMOUS)
    work = Work(services.core, replace(call, caller=caller))
    work.audit("identity.client_token", client.id, f"client/{client.id}", Outcome.DENIED, reason)
    work.commit()
