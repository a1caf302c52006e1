"""Verifies a tenant's audit chain: recomputes every digest and hash, and compares the archive.

Everything is reported, nothing is repaired: a fault is evidence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from schemas.trail_checks import TrailFaultKind as FaultKind
from telesalud.platform.clock import from_text
from telesalud.platform.store import MAX_OPERATIONS, Key, SweepableStore
from telesalud.platform.trail.chain import (
    GENESIS,
    Entry,
    Link,
    chain_pk,
    digest_of,
    head_key,
    link_of,
)
from telesalud.platform.trail.digests import Digest

SEAL_WITHIN = timedelta(minutes=15)
"""An entry that has waited longer for its link is a fault; a younger one is only pending."""
DIGEST_WITHIN = timedelta(hours=49)
"""One digest a day, and a day for somebody to notice that it did not come."""
LAST_LINK = "9" * 12
"""After every link's sort key and before the head's."""


class Fault(NamedTuple):
    """One thing that is wrong: kind, place (a key or a link's number), and a sentence."""

    kind: FaultKind
    place: str
    detail: str


@dataclass(slots=True)
class Report:
    """What `verify` found."""

    tenant: str
    links: int = 0
    entries: int = 0
    """Sealed entries."""
    head: str = GENESIS
    pending: list[tuple[str, timedelta]] = field(default_factory=list)
    """Unsealed entries that are still young, with their age."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def lines(self) -> Iterator[str]:
        """The report for a terminal; ids only."""
        yield f"tenant {self.tenant}: {self.entries} entries in {self.links} links"
        yield f"head {self.head}"
        for place, age in self.pending:
            yield f"pending  {place} for {age.total_seconds():.0f} s"
        for fault in self.faults:
            yield f"{fault.kind.value:<10} {fault.place}: {fault.detail}"
        yield "sound" if self.sound else f"{len(self.faults)} faults"


def verify(
    store: SweepableStore, tenant: str, now: datetime, digests: Sequence[Digest] | None = None
) -> Report:
    """Check the whole trail of `tenant`; `digests` (from the archive) show what was cut off.

    Reads every entry: minutes for millions. Entries written meanwhile are no faults.
    """
    report = Report(tenant)
    # First the entries, then the links: what is sealed in between is in a link but not in here.
    found: dict[Key, tuple[str, str]] = {
        item.key: (digest_of(item), str(item.attributes.get("at", "")))
        for item in store.sweep(f"AUDIT#{tenant}#")
    }
    links: dict[int, Link] = {}
    sealed: dict[Key, str] = {}
    for link in _check_links(store, report, links):
        for entry in _entries(report, link):
            if entry.key in sealed:
                report.faults.append(
                    Fault(FaultKind.REPEATED, _name(entry.key), f"again in link {link.seq}")
                )
            sealed[entry.key] = entry.digest
    _check_entries(store, report, sealed, found)
    _check_unsealed(report, now, {k: at for k, (_, at) in found.items() if k not in sealed})
    if digests is not None:
        _check_digests(report, now, links, digests)
    return report


def _check_links(store: SweepableStore, report: Report, links: dict[int, Link]) -> Iterator[Link]:
    """Each readable link, in order, while faults of the chain itself go into the report."""
    previous, expected = GENESIS, 1
    after: str | None = None
    while True:
        page = store.query(chain_pk(report.tenant), until=LAST_LINK, after=after, limit=200)
        for item in page.items:
            try:
                link, stored = link_of(report.tenant, item)
            except (KeyError, TypeError, ValueError):
                report.faults.append(
                    Fault(FaultKind.ALTERED, f"link {item.key.sk}", "it cannot be read")
                )
                continue
            report.faults += link_faults(link, stored, previous, expected)
            previous, expected = link.hash(), link.seq + 1
            links[link.seq] = link
            report.links += 1
            yield link
        if page.next_after is None:
            break
        after = page.next_after
    report.head = previous
    _check_head(store, report, expected - 1, previous)


def link_faults(link: Link, stored: str, previous: str, expected: int) -> Iterator[Fault]:
    """What is wrong with a link and the hash stored with it, after the link before."""
    place = f"link {link.seq}"
    if link.seq != expected:
        gap = f"links {expected} to {link.seq - 1} are not there"
        yield Fault(FaultKind.TRUNCATED, place, gap)
    elif link.prev != previous:
        yield Fault(FaultKind.FORKED, place, "it does not follow the one before")
    if link.hash() != stored:
        yield Fault(FaultKind.ALTERED, place, "its hash is not that of its content")


def _check_head(store: SweepableStore, report: Report, last: int, hash_: str) -> None:
    head = store.get(head_key(report.tenant))
    if head is None:
        if last:
            report.faults.append(Fault(FaultKind.FORKED, "head", "it is not there"))
        return
    try:
        seq, named = head.number("seq"), head.text("hash")
    except (KeyError, TypeError):
        report.faults.append(Fault(FaultKind.ALTERED, "head", "it cannot be read"))
        return
    if seq > last:
        # A sealer may have added links since they were read; those are there to be found.
        newer = store.query(chain_pk(report.tenant), after=f"{last:012d}", until=LAST_LINK)
        if not newer.items:
            gap = f"links {last + 1} to {seq} are not there"
            report.faults.append(Fault(FaultKind.TRUNCATED, "head", gap))
    elif (seq, named) != (last, hash_):
        report.faults.append(Fault(FaultKind.FORKED, "head", "it names another link"))


def _entries(report: Report, link: Link) -> Iterator[Entry]:
    for text in link.entries:
        try:
            yield Entry.parse(text)
        except ValueError:
            report.faults.append(
                Fault(FaultKind.ALTERED, f"link {link.seq}", "an entry in it cannot be read")
            )


def _check_entries(
    store: SweepableStore,
    report: Report,
    sealed: dict[Key, str],
    found: dict[Key, tuple[str, str]],
) -> None:
    report.entries = len(sealed)
    unseen = [key for key in sealed if key not in found]
    digests = {key: digest for key, (digest, _) in found.items()}
    for start in range(0, len(unseen), MAX_OPERATIONS):
        late = store.get_many(unseen[start : start + MAX_OPERATIONS])
        digests |= {key: digest_of(item) for key, item in late.items()}
    for key, digest in sealed.items():
        if key not in digests:
            report.faults.append(Fault(FaultKind.MISSING, _name(key), "it was sealed"))
        elif digests[key] != digest:
            report.faults.append(Fault(FaultKind.ALTERED, _name(key), "it is not as it was sealed"))


def _check_unsealed(report: Report, now: datetime, unsealed: dict[Key, str]) -> None:
    for key, at in sorted(unsealed.items(), key=lambda pair: pair[1]):
        try:
            age = now - from_text(at)
        except ValueError:
            report.faults.append(Fault(FaultKind.ALTERED, _name(key), "it has no readable time"))
            continue
        if age > SEAL_WITHIN:
            report.faults.append(Fault(FaultKind.UNSEALED, _name(key), f"for {age}"))
        else:
            report.pending.append((_name(key), age))


def _check_digests(
    report: Report, now: datetime, links: dict[int, Link], digests: Sequence[Digest]
) -> None:
    last = max(links, default=0)
    for digest in digests:
        known = links.get(digest.seq)
        report.faults += digest_faults(digest, known.hash() if known else None, last)
    covered = max((digest.seq for digest in digests), default=0)
    waiting = [link for seq, link in links.items() if seq > covered]
    if waiting and now - from_text(waiting[0].at) > DIGEST_WITHIN:
        since = f"link {waiting[0].seq} of {waiting[0].at} has no digest yet"
        report.faults.append(Fault(FaultKind.UNARCHIVED, "archive", since))


def digest_faults(digest: Digest, hash_: str | None, last: int) -> Iterator[Fault]:
    """What is wrong between a digest and its link, whose hash is None when it cannot be read."""
    place = f"digest of {digest.at}"
    if hash_ is None and digest.seq > last:
        gap = f"it knows link {digest.seq}, the chain ends at {last}"
        yield Fault(FaultKind.TRUNCATED, place, gap)
    elif hash_ != digest.hash:
        yield Fault(FaultKind.ALTERED, place, f"it knows link {digest.seq} with another hash")


def _name(key: Key) -> str:
    return f"{key.pk}/{key.sk}"
