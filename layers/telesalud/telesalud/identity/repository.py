"""Where everything lies, and how it is read.

| item | pk | sk |
|---|---|---|
| tenant | `TENANT#<tenant>` | `TENANT` |
| mark of the first administrator | `TENANT#<tenant>` | `FIRST-ADMINISTRATOR` |
| user | `USERS#<tenant>` | `<user>` |
| user name, by keyed hash | `NAME#<tenant>` | `<hash>` |
| credentials | `USER#<tenant>#<user>` | `CREDENTIALS` |
| session | `USER#<tenant>#<user>` | `SESSION#<session>` |
| refresh token, by SHA-256 | `REFRESH#<hash>` | `TOKEN` |
| partner client | `CLIENTS#<tenant>` | `<client>` |
| failed attempts | `ATTEMPTS#<tenant>` | `NAME#<hash>`, `SOURCE#<hash>#<span>` |

Access: log-in reads tenant, then name and attempts, then user and credentials; refreshing reads
the token, then session, user, credentials and tenant; lists are one query of a partition.
"""

import hashlib
import unicodedata
from datetime import datetime

from telesalud.identity.model import (
    Client,
    Credentials,
    RefreshToken,
    Secret,
    Session,
    Tenant,
    User,
)
from telesalud.identity.stored import Device, Profile, Secrets
from telesalud.platform.access import Role
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, When, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services


def tenant_key(tenant: str) -> Key:
    """The institution."""
    return Key(f"TENANT#{tenant}", "TENANT")


def first_administrator_key(tenant: str) -> Key:
    """Exists once the tenant has had its first administrator."""
    return Key(f"TENANT#{tenant}", "FIRST-ADMINISTRATOR")


def user_key(tenant: str, user: str) -> Key:
    """The user."""
    return Key(f"USERS#{tenant}", user)


def name_key(services: Services, tenant: str, user_name: str) -> Key:
    """The user name, which is stored nowhere in clear."""
    plain = unicodedata.normalize("NFKC", user_name).strip().casefold()
    return Key(f"NAME#{tenant}", services.vault.lookup(tenant, "user_name", plain))


def credentials_key(tenant: str, user: str) -> Key:
    """What proves the user."""
    return Key(f"USER#{tenant}#{user}", "CREDENTIALS")


def session_key(tenant: str, user: str, session: str) -> Key:
    """A session of the user."""
    return Key(f"USER#{tenant}#{user}", f"SESSION#{session}")


def refresh_key(token: str) -> Key:
    """What is kept of a refresh token."""
    return Key(f"REFRESH#{hashlib.sha256(token.encode()).hexdigest()}", "TOKEN")


def client_key(tenant: str, client: str) -> Key:
    """A partner client."""
    return Key(f"CLIENTS#{tenant}", client)


# --- tenants ---------------------------------------------------------------------------------


def tenant_of(item: Item) -> Tenant:
    """The institution in the item."""
    roles = item.attributes["second_factor_roles"]
    if not isinstance(roles, tuple):
        raise TypeError("second_factor_roles is not a list")
    return Tenant(
        id=item.key.pk.removeprefix("TENANT#"),
        name=item.text("name"),
        password_days=item.number("password_days"),
        second_factor_roles=frozenset(Role(role) for role in roles),
        created_at=from_text(item.text("created_at")),
        version=item.version,
    )


def put_tenant(tenant: Tenant) -> Put:
    """Write the tenant over the version that was read; version 0 creates it."""
    return Put(
        tenant_key(tenant.id),
        {
            "name": tenant.name,
            "password_days": tenant.password_days,
            "second_factor_roles": tuple(sorted(tenant.second_factor_roles)),
            "created_at": to_text(tenant.created_at),
        },
        when=_condition(tenant.version),
    )


def load_tenant(services: Services, tenant: str) -> Tenant:
    """The tenant. Raises NotFound."""
    item = services.store.get(tenant_key(tenant))
    if item is None:
        raise NotFound("there is no such institution")
    return tenant_of(item)


# --- users -----------------------------------------------------------------------------------


def user_of(services: Services, item: Item) -> User:
    """The user in the item."""
    tenant = item.key.pk.removeprefix("USERS#")
    roles = item.attributes["roles"]
    if not isinstance(roles, tuple):
        raise TypeError("roles is not a list")
    return User(
        id=item.key.sk,
        tenant=tenant,
        profile=open_model(services.vault, Scope(tenant), item, Profile),
        roles=frozenset(Role(role) for role in roles),
        active=bool(item.attributes["active"]),
        created_at=from_text(item.text("created_at")),
        version=item.version,
        vouched_by=str(item.attributes.get("vouched_by", "")),
        vouched_at=_moment(item, "vouched_at"),
        ended_at=_moment(item, "ended_at"),
    )


def _moment(item: Item, name: str) -> datetime | None:
    text = item.attributes.get(name)
    return from_text(text) if isinstance(text, str) else None


def put_user(services: Services, user: User) -> Put:
    """Write the user over the version that was read; version 0 creates them."""
    key = user_key(user.tenant, user.id)
    times = {"vouched_at": user.vouched_at, "ended_at": user.ended_at}
    return Put(
        key,
        {
            "vouched_by": user.vouched_by,
            **{name: to_text(at) for name, at in times.items() if at is not None},
            ATTRIBUTE: seal_model(services.vault, Scope(user.tenant), key, user.profile),
            "roles": tuple(sorted(user.roles)),
            "active": user.active,
            "created_at": to_text(user.created_at),
        },
        when=_condition(user.version),
    )


def load_user(services: Services, tenant: str, user: str) -> User:
    """The user. Raises NotFound."""
    key = user_key(tenant, user)
    item = services.fetch([key], Scope(tenant)).get(key)
    if item is None:
        raise NotFound("there is no such user")
    return user_of(services, item)


def load_account(services: Services, tenant: str, user: str) -> tuple[User, Credentials]:
    """The user and what proves them, in one round trip. Raises NotFound."""
    keys = user_key(tenant, user), credentials_key(tenant, user)
    found = services.fetch(keys, Scope(tenant))
    if keys[0] not in found:
        raise NotFound("there is no such user")
    return user_of(services, found[keys[0]]), credentials_of(services, tenant, found.get(keys[1]))


def credentials_of(services: Services, tenant: str, item: Item | None) -> Credentials:
    """The credentials in the item; nobody's when there is none."""
    if item is None:
        return Credentials()
    return Credentials(open_model(services.vault, Scope(tenant), item, Secrets), item.version)


def put_credentials(
    services: Services, tenant: str, user: str, secrets: Secrets, version: int
) -> Put:
    """Write the secrets over the version that was read; version 0 creates them."""
    key = credentials_key(tenant, user)
    sealed = seal_model(services.vault, Scope(tenant), key, secrets)
    return Put(key, {ATTRIBUTE: sealed}, when=_condition(version))


# --- sessions --------------------------------------------------------------------------------


def session_of(item: Item) -> Session:
    """The session in the item."""
    _, tenant, user = item.key.pk.split("#")
    return Session(
        id=item.key.sk.removeprefix("SESSION#"),
        tenant=tenant,
        user=user,
        live=bool(item.attributes["live"]),
        epoch=item.number("epoch"),
        generation=item.number("generation"),
        started_at=from_text(item.text("started_at")),
        last_used_at=from_text(item.text("last_used_at")),
        ends_at=from_text(item.text("ends_at")),
        version=item.version,
    )


def device_of(services: Services, item: Item) -> Device:
    """Where the session in the item was started from."""
    _, tenant, _ = item.key.pk.split("#")
    return open_model(services.vault, Scope(tenant), item, Device)


def put_session(services: Services, session: Session, device: Device) -> Put:
    """Begin a session."""
    key = session_key(session.tenant, session.user, session.id)
    return Put(
        key,
        {
            ATTRIBUTE: seal_model(services.vault, Scope(session.tenant), key, device),
            "live": session.live,
            "epoch": session.epoch,
            "generation": session.generation,
            "started_at": to_text(session.started_at),
            "last_used_at": to_text(session.last_used_at),
            "ends_at": to_text(session.ends_at),
        },
        when=ABSENT,
        expires=session.ends_at,
    )


def put_refresh(token: str, session: Session) -> Put:
    """Store a refresh token of the session's present generation."""
    return Put(
        refresh_key(token),
        {
            "tenant": session.tenant,
            "user": session.user,
            "session": session.id,
            "generation": session.generation,
            "used": False,
        },
        when=ABSENT,
        expires=session.ends_at,
    )


def refresh_of(item: Item) -> RefreshToken:
    """What is stored of a refresh token."""
    used = bool(item.attributes["used"])
    return RefreshToken(
        tenant=item.text("tenant"),
        user=item.text("user"),
        session=item.text("session"),
        generation=item.number("generation"),
        used_at=from_text(item.text("used_at")) if used else None,
        salt=item.blob("salt") if used else b"",
    )


# --- partner clients -------------------------------------------------------------------------


def client_of(item: Item) -> Client:
    """The partner client in the item."""
    scopes, secrets = item.attributes["scopes"], item.attributes["secrets"]
    if not isinstance(scopes, tuple) or not isinstance(secrets, tuple):
        raise TypeError("scopes or secrets is not a list")
    return Client(
        id=item.key.sk,
        tenant=item.key.pk.removeprefix("CLIENTS#"),
        name=item.text("name"),
        scopes=frozenset(scopes),
        active=bool(item.attributes["active"]),
        created_at=from_text(item.text("created_at")),
        secrets=tuple(_secret_of(text) for text in secrets),
        version=item.version,
    )


def _secret_of(text: str) -> Secret:
    id_, hashed, created = text.split(" ")
    return Secret(id_, hashed, datetime.fromisoformat(created))


def put_client(client: Client) -> Put:
    """Write the client over the version that was read; version 0 creates it."""
    return Put(
        client_key(client.tenant, client.id),
        {
            "name": client.name,
            "scopes": tuple(sorted(client.scopes)),
            "active": client.active,
            "created_at": to_text(client.created_at),
            "secrets": tuple(f"{s.id} {s.hash} {to_text(s.created_at)}" for s in client.secrets),
        },
        when=_condition(client.version),
    )


def load_client(services: Services, tenant: str, client: str) -> Client:
    """The partner client. Raises NotFound."""
    item = services.store.get(client_key(tenant, client))
    if item is None:
        raise NotFound("there is no such client")
    return client_of(item)


def _condition(version: int) -> When:
    return at_version(version) if version else ABSENT
