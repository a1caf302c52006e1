"""Digests of the audit chains, written once a day where nobody can change or delete them.

A digest says which link was the newest and what its hash was. Whoever later cuts off or rewrites a
chain contradicts it.
"""

from pydantic import BaseModel, ConfigDict

from telesalud.platform.clock import Clock, to_text
from telesalud.platform.ports.archive import Archive
from telesalud.platform.sealed import from_json
from telesalud.platform.store import Store, every
from telesalud.platform.trail.chain import REGISTRY, head_key


class Digest(BaseModel):
    """The head of a tenant's chain at some moment."""

    model_config = ConfigDict(frozen=True)

    table: str
    """Whose trail: the context, also when its table was restored under another name."""
    tenant: str
    seq: int
    hash: str
    at: str


def prefix_of(context: str, tenant: str) -> str:
    """Where the digests of one chain are."""
    return f"audit-digests/{context}/{tenant}/"


def write_digests(store: Store, archive: Archive, clock: Clock, context: str) -> int:
    """Write today's digest of every tenant's chain; repeated on a day, it changes nothing."""
    count = 0
    for registered in every(store, REGISTRY):
        tenant = registered.key.sk
        head = store.get(head_key(tenant))
        if head is None:
            continue
        now = clock()
        digest = Digest(
            table=context,
            tenant=tenant,
            seq=head.number("seq"),
            hash=head.text("hash"),
            at=to_text(now),
        )
        name = f"{prefix_of(context, tenant)}{now:%Y-%m-%d}.json"
        archive.write(name, digest.model_dump_json().encode())
        count += 1
    return count


def read_digests(archive: Archive, context: str, tenant: str) -> list[Digest]:
    """The digests of one chain, oldest first. Raises pydantic.ValidationError."""
    kept = archive.read(prefix_of(context, tenant))
    found = [from_json(Digest, each.body) for each in kept]
    return sorted(found, key=lambda digest: digest.at)
