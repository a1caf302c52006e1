"""The steps of a check. Each reads a little more of the trail and says what the check knows then.

Links are compared with the one before and with every entry that they seal; each entry's mark must
name the link that holds it. In the end the digests under Object Lock are compared with the links.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from pydantic import ValidationError

from schemas.trail_checks import TrailFaultKind as FaultKind
from telesalud.platform.clock import from_text
from telesalud.platform.ports.archive import Archive, Kept
from telesalud.platform.sealed import from_json
from telesalud.platform.store import MAX_OPERATIONS, Item, Key, Store
from telesalud.platform.trail.chain import (
    Entry,
    Link,
    chain_pk,
    digest_of,
    head_key,
    link_key,
    link_of,
    marker_key,
)
from telesalud.platform.trail.checks import Job, Phase
from telesalud.platform.trail.digests import Digest, prefix_of
from telesalud.platform.trail.verifying import (
    DIGEST_WITHIN,
    LAST_LINK,
    Fault,
    digest_faults,
    link_faults,
)

_LINKS = 20
"""Read in one step; with 90 entries each these are 1,800 entries and as many marks."""
_DIGESTS = 50


def step(store: Store, archive: Archive, context: str, tenant: str, job: Job) -> tuple[Job, bool]:
    """The check after one more step, and whether that was the last."""
    if job.phase is Phase.HEAD:
        return _begin(store, tenant, job), False
    if job.phase is Phase.LINKS:
        return _links(store, tenant, job), False
    return _digests(store, archive, context, tenant, job)


def _begin(store: Store, tenant: str, job: Job) -> Job:
    """Note what the head names now: links that come later are not this check's."""
    head = store.get(head_key(tenant))
    begun = job.model_copy(update={"phase": Phase.LINKS})
    if head is None:
        if not store.query(chain_pk(tenant), until=LAST_LINK, limit=1).items:
            return begun.model_copy(update={"head_seq": 0})
        return begun.with_faults([Fault(FaultKind.FORKED, "head", "it is not there")])
    try:
        named = {"head_seq": head.number("seq"), "head_hash": head.text("hash")}
    except (KeyError, TypeError):
        return begun.with_faults([Fault(FaultKind.ALTERED, "head", "it cannot be read")])
    return begun.model_copy(update=named)


def _links(store: Store, tenant: str, job: Job) -> Job:
    until = LAST_LINK if job.head_seq is None else f"{job.head_seq:012d}"
    page = store.query(chain_pk(tenant), after=job.cursor, until=until, limit=_LINKS)
    faults: list[Fault] = []
    read: list[tuple[Link, str]] = []
    for item in page.items:
        try:
            read.append(link_of(tenant, item))
        except (KeyError, TypeError, ValueError):
            place = f"link {item.key.sk}"
            faults.append(Fault(FaultKind.ALTERED, place, "it cannot be read"))
    for link, stored in read:
        faults += link_faults(link, stored, job.previous, job.seq + 1)
        job = job.model_copy(
            update={"seq": link.seq, "previous": link.hash(), "sealed_until": _moment(link.at)}
        )
    counted, wrong = _entries(store, [link for link, _ in read])
    ended = page.next_after is None
    if ended:
        wrong += _end_faults(job)
    changes = {
        "links": job.links + len(read),
        "entries": job.entries + counted,
        "cursor": None if ended else page.next_after,
        "phase": Phase.DIGESTS if ended else Phase.LINKS,
    }
    return job.model_copy(update=changes).with_faults(faults + wrong)


def _end_faults(job: Job) -> list[Fault]:
    if job.head_seq is None:
        return []
    if job.seq < job.head_seq:
        gap = f"links {job.seq + 1} to {job.head_seq} are not there"
        return [Fault(FaultKind.TRUNCATED, "head", gap)]
    if job.previous != job.head_hash:
        return [Fault(FaultKind.FORKED, "head", "it names another link")]
    return []


def _entries(store: Store, links: Sequence[Link]) -> tuple[int, list[Fault]]:
    """How many entries the links seal, and which are not as they were sealed."""
    faults: list[Fault] = []
    sealed: list[tuple[Link, Entry]] = []
    for link in links:
        for text in link.entries:
            try:
                sealed.append((link, Entry.parse(text)))
            except ValueError:
                place = f"link {link.seq}"
                faults.append(Fault(FaultKind.ALTERED, place, "an entry in it cannot be read"))
    wanted = [key for _, entry in sealed for key in (entry.key, marker_key(entry.key))]
    found = _many(store, wanted)
    for link, entry in sealed:
        faults += _entry_faults(link, entry, found)
    return len(sealed), faults


def _entry_faults(link: Link, entry: Entry, found: Mapping[Key, Item]) -> Iterator[Fault]:
    place = f"{entry.key.pk}/{entry.key.sk}"
    item, mark = found.get(entry.key), found.get(marker_key(entry.key))
    if item is None:
        yield Fault(FaultKind.MISSING, place, f"link {link.seq} sealed it")
    elif digest_of(item) != entry.digest:
        yield Fault(FaultKind.ALTERED, place, f"it is not as link {link.seq} sealed it")
    if mark is None:
        yield Fault(FaultKind.ALTERED, place, "the mark of its link is not there")
    elif mark.attributes.get("seq") != link.seq:
        yield Fault(FaultKind.REPEATED, place, f"link {link.seq} holds another's entry")


def _digests(
    store: Store, archive: Archive, context: str, tenant: str, job: Job
) -> tuple[Job, bool]:
    page = list(islice(archive.read(prefix_of(context, tenant), job.cursor or ""), _DIGESTS))
    faults: list[Fault] = []
    known: list[Digest] = []
    for kept in page:
        digest = _digest(kept)
        if digest is None:
            faults.append(Fault(FaultKind.ALTERED, kept.name, "the digest cannot be read"))
        else:
            known.append(digest)
    found = _many(store, [link_key(tenant, digest.seq) for digest in known])
    for digest in known:
        item = found.get(link_key(tenant, digest.seq))
        faults += digest_faults(digest, _hash(tenant, item) if item else None, job.seq)
    job = job.model_copy(update={"digests": job.digests + len(page)})
    if known:
        newest = max(known, key=lambda digest: digest.seq)
        anchors = {"anchored_link": newest.seq, "anchored_until": _moment(newest.at)}
        job = job.model_copy(update=anchors)
    if len(page) < _DIGESTS:
        return job.with_faults(faults + _uncovered(store, tenant, job)), True
    return job.model_copy(update={"cursor": page[-1].name}).with_faults(faults), False


def _digest(kept: Kept) -> Digest | None:
    try:
        return from_json(Digest, kept.body)
    except ValidationError:
        return None


def _uncovered(store: Store, tenant: str, job: Job) -> list[Fault]:
    """The first link that waits for a digest, if it has waited for too long."""
    item = store.get(link_key(tenant, (job.anchored_link or 0) + 1))
    if item is None:
        return []
    since = _moment(str(item.attributes.get("at", "")))
    if since is None or job.touched_at - since <= DIGEST_WITHIN:
        return []
    place = f"link {int(item.key.sk)}"
    return [Fault(FaultKind.UNARCHIVED, place, f"sealed at {since}, it has no digest yet")]


def _hash(tenant: str, item: Item) -> str | None:
    try:
        return link_of(tenant, item)[0].hash()
    except (KeyError, TypeError, ValueError):
        return None


def _many(store: Store, keys: Sequence[Key]) -> dict[Key, Item]:
    found: dict[Key, Item] = {}
    for start in range(0, len(keys), MAX_OPERATIONS):
        found |= store.get_many(keys[start : start + MAX_OPERATIONS])
    return found


def _moment(text: str) -> datetime | None:
    try:
        return from_text(text)
    except ValueError:
        return None
