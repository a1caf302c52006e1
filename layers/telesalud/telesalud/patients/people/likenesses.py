"""Who is registered that may be the same person: found by birth date and by names.

A birth date that is a slip or an estimate leads nowhere, so people of like names are looked at as
well, whenever they were born. Postings are sifted first; only who is left is read as a whole, so
that documents, telephones and estimates are compared.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from schemas.patients import PatientBody
from telesalud.patients.people import names, repository, search_index
from telesalud.patients.people.duplicates import Match, rank
from telesalud.platform.store import Item, every
from telesalud.platform.work import Services

_LETTERS: Final = 4
"""How much of two words has to be equal: what is misspelt is mostly at their ends."""
_SIFTED: Final = 500
_MOST: Final = 100
"""Candidates that are read as a whole."""
_ALIKE: Final = 0.8


def similar(
    services: Services, tenant: str, body: PatientBody, born: Iterable[Item]
) -> list[tuple[str, Match]]:
    """Ids of those who may be the same person, the likeliest first; `born` are the postings of
    the birth date."""
    wanted = repository.person_of(body)
    name = f"{wanted.given_names} {wanted.surnames}"
    vault = services.vault
    dated = [*repository.born_then(vault, tenant, body.birth_date, born)]
    for day in _misread(body.birth_date):
        partition = repository.birth_partition(vault, tenant, day)
        others = every(services.store, partition, page_size=1000)
        dated += repository.born_then(vault, tenant, day, others)
    ids = [
        which
        for which, other in dated
        if names.similarity(name, f"{other.given_names} {other.surnames}") >= _ALIKE
        or names.similarity(wanted.surnames, other.surnames) >= _ALIKE
        or names.similarity(wanted.given_names, other.given_names) >= _ALIKE
    ]
    ids += _called_alike(services, tenant, body, name)
    chosen = list(dict.fromkeys(ids))[:_MOST]
    return rank(wanted, repository.people_of(services, tenant, chosen)) if chosen else []


def _called_alike(services: Services, tenant: str, body: PatientBody, name: str) -> Iterator[str]:
    """Ids of people who share beginnings of a given name and a surname, and are called alike."""
    hashed = repository.name_hash(services.vault, tenant)
    given, family = names.tokens(body.name.given), names.tokens(body.name.family)
    pair = [word[:_LETTERS] for word in (*given[:1], *family[:1])]
    plan = search_index.plan(pair, hashed)
    if plan is None or len(search_index.telling(pair)) < 2:
        return
    partition = repository.name_partition(tenant, plan.partition)
    page = services.store.query(partition, plan.prefix, limit=_SIFTED)
    for item in page.items:
        words = repository.words_in(services.vault, tenant, item)
        if names.similarity(name, " ".join(words)) >= _ALIKE:
            yield item.key.sk.rpartition("#")[2]


def _misread(day: date) -> Sequence[date]:
    """The date with day and month exchanged, as it is often typed."""
    if day.day > 12 or day.day == day.month:
        return ()
    return (day.replace(month=day.day, day=day.month),)
