"""What an institution says in its consents: its names and figures, and texts of its own.

Every text of its own stays for ever, and so do the words that anybody has decided about.
"""

from pydantic import BaseModel

from schemas.consents import (
    ConsentPolicy,
    ConsentText,
    ConsentTexts,
    OwnTextBody,
    TextVersion,
)
from telesalud.consults.consent.showing import keys_of, own_of, policy_of, shown, speaker_of
from telesalud.consults.consent.stored import (
    StoredOwnText,
    consents_partition,
    own_key,
    own_version_key,
    policy_key,
    text_key,
)
from telesalud.consults.consent.texts import own, shipped
from telesalud.consults.policy import ADMIN, GRANTS, READ
from telesalud.platform.access import require, require_person
from telesalud.platform.errors import FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.law import floor_of
from telesalud.platform.sealed import from_json, to_json
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Put, at_version, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


def read_policy(services: Services, call: Call) -> tuple[ConsentPolicy, int]:
    """What the institution says of itself, and its version; 0 before the first time."""
    require(call.caller, ADMIN, GRANTS)
    item = services.store.get(policy_key(call.caller.tenant))
    return policy_of(item).view, item.version if item else 0


def write_policy(
    services: Services, call: Call, body: ConsentPolicy, if_match: int
) -> tuple[ConsentPolicy, int]:
    """Replace it. Raises Forbidden, StaleVersion, Invalid for a retention below the law's."""
    require(call.caller, ADMIN, GRANTS)
    tenant = call.caller.tenant
    least = floor_of(body.country)
    if body.retention_years is not None and body.retention_years < least:
        detail = f"the law asks for {least} years at least"
        fault = FieldError("/retention_years", "below-law", detail, {"least": least})
        raise Invalid("records have to be kept for longer", [fault])
    key = policy_key(tenant)
    before = policy_of(services.store.get(key))
    stored = before.model_copy(update=dict(body))
    work = Work(services, call)
    _replace(work, key, "policy", stored, if_match)
    work.audit("consults.consent_policy_changed", tenant, "consent/policy")
    _commit(work, key)
    return stored.view, if_match + 1


def read_texts(services: Services, call: Call, language: str) -> ConsentTexts:
    """What a patient of this language is shown, and every text of the institution's own."""
    require(call.caller, ADMIN, GRANTS)
    tenant = call.caller.tenant
    items = services.fetch(keys_of(tenant), Scope(tenant))
    latest = items.get(own_key(tenant, language))
    versions = every(services.store, consents_partition(tenant), f"OWN#{language}#")
    return ConsentTexts(
        shown=shown(items, tenant, None, language),
        shipped=shipped(speaker_of(items, tenant, None), language),
        own=tuple(
            _version(from_json(StoredOwnText, item.text("own"))) for item in reversed([*versions])
        ),
        version=latest.version if latest else 0,
    )


def write_text(
    services: Services, call: Call, language: str, body: OwnTextBody, if_match: int
) -> ConsentTexts:
    """Add a version of the institution's own text. Raises Forbidden, StaleVersion."""
    require(call.caller, ADMIN, GRANTS)
    require_person(call.caller)
    tenant, now = call.caller.tenant, services.clock()
    items = services.fetch(keys_of(tenant), Scope(tenant))
    key = own_key(tenant, language)
    latest = own_of(items.get(key))
    number = latest.number + 1 if latest else 1
    text = own(speaker_of(items, tenant, None), language, number, now.date(), body)
    stored = StoredOwnText(
        number=number, body=body, text=text, written_by=call.caller.subject, written_at=now
    )
    work = Work(services, call)
    _replace(work, key, "own", stored, if_match)
    past = own_version_key(tenant, language, number)
    work.add(Put(past, {"own": to_json(stored)}, ABSENT))
    work.audit("consults.consent_text_written", tenant, f"consent/{text.id}/{number}")
    _commit(work, key)
    return read_texts(services, call, language)


def read_words(services: Services, call: Call, sha256: str) -> ConsentText:
    """Words that somebody has decided about, whatever is shown today. Raises NotFound."""
    require(call.caller, READ, GRANTS)
    item = services.store.get(text_key(call.caller.tenant, sha256))
    if item is None:
        raise NotFound("nobody has decided about such a text")
    return from_json(ConsentText, item.text("text"))


def _replace(work: Work, key: Key, name: str, stored: BaseModel, if_match: int) -> None:
    when = at_version(if_match) if if_match else ABSENT
    work.add(Put(key, {name: to_json(stored)}, when))


def _commit(work: Work, key: Key) -> None:
    try:
        work.commit()
    except ConditionFailed as failed:
        if failed.at(key) is None:
            raise
        raise StaleVersion("read it again") from failed


def _version(stored: StoredOwnText) -> TextVersion:
    return TextVersion(
        number=stored.number,
        in_use=stored.body.in_use,
        written_by=stored.written_by,
        written_at=stored.written_at,
        text=stored.text,
    )
