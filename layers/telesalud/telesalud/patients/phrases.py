"""A clinician's own phrases and templates for notes: one book each, which nobody else reads.

PHRASES#<t> / <user>    the book, sealed with the tenant's key: somebody may have left a
                        patient's words in it
"""

from pydantic import BaseModel, ConfigDict

from schemas.phrases import Phrase, PhraseBook, PhraseBookBody
from telesalud.patients.policy import GRANTS, WRITE_RECORD
from telesalud.platform.access import require, require_person
from telesalud.platform.errors import StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


class StoredPhrases(BaseModel):
    """A book as it is stored. `Phrase` is stored as its contract has it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    items: tuple[Phrase, ...] = ()


def read(services: Services, call: Call) -> PhraseBook:
    """The caller's book; empty with version 0 before the first time. Raises Forbidden."""
    require(call.caller, WRITE_RECORD, GRANTS)
    require_person(call.caller)
    key, scope = _key(call), Scope(call.caller.tenant)
    item = services.fetch([key], scope).get(key)
    if item is None:
        return PhraseBook(items=(), version=0)
    stored = open_model(services.vault, scope, item, StoredPhrases)
    return PhraseBook(items=stored.items, version=item.version)


def write(services: Services, call: Call, body: PhraseBookBody, version: int) -> PhraseBook:
    """Replace the caller's book. Raises Forbidden, StaleVersion."""
    require(call.caller, WRITE_RECORD, GRANTS)
    require_person(call.caller)
    key = _key(call)
    stored = StoredPhrases(items=body.items)
    sealed = seal_model(services.vault, Scope(call.caller.tenant), key, stored)
    work = Work(services, call)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=at_version(version) if version else ABSENT))
    work.audit("patients.write_phrases", call.caller.subject, f"phrases/{call.caller.subject}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return PhraseBook(items=body.items, version=version + 1)


def _key(call: Call) -> Key:
    return Key(f"PHRASES#{call.caller.tenant}", call.caller.subject)
