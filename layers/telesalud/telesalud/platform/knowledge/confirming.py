"""Which tables are in use, and who stands for them.

KNOWLEDGE#<t> / <table>#<version>    who confirmed that version, under the tenant's key
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.knowledge import Classification, Confirmation, ConfirmTable, KnownTable, KnownTables
from telesalud.platform.access import Grants, require, require_person
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.knowledge.tables import Table
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import Item, Key, Put, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


class StoredConfirmation(BaseModel):
    """That somebody stands for a version of a table."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    version: str
    confirmed_by: str
    recorded_at: datetime
    recorded_by: str

    def view(self) -> Confirmation:
        """What is answered."""
        return Confirmation.model_construct(**dict(self))


@dataclass(frozen=True)
class Knowledge:
    """What a context knows, and who may see and confirm it."""

    context: str
    tables: Sequence[Table]
    grants: Grants
    read: str
    """The right to see it."""
    manage: str
    """The right to record who confirmed it."""

    @property
    def package(self) -> str:
        """Where its files are."""
        return f"telesalud.{self.context}"


def in_use(
    services: Services,
    call: Call,
    knowledge: Knowledge,
    classifications: Sequence[Classification] = (),
) -> KnownTables:
    """Every table with its version and the latest confirmation. Raises Forbidden."""
    require(call.caller, knowledge.read, knowledge.grants)
    tenant = call.caller.tenant
    latest: dict[str, StoredConfirmation] = {}
    for item in every(services.store, _partition(tenant)):
        table = item.key.sk.partition("#")[0]
        one = _opened(services, tenant, item)
        if table not in latest or latest[table].recorded_at <= one.recorded_at:
            latest[table] = one
    return KnownTables(
        items=tuple(_shown(knowledge, one, latest.get(one.id)) for one in knowledge.tables),
        classifications=tuple(classifications),
    )


def confirm(
    services: Services, call: Call, knowledge: Knowledge, table: str, body: ConfirmTable
) -> KnownTable:
    """Record who stands for the version in use; audited.

    Raises Forbidden, NotFound, StaleVersion when another version is in use by now.
    """
    require(call.caller, knowledge.manage, knowledge.grants)
    require_person(call.caller)
    known = next((one for one in knowledge.tables if one.id == table), None)
    if known is None:
        raise NotFound("there is no such table")
    if known.version(knowledge.package) != body.version:
        raise StaleVersion
    tenant = call.caller.tenant
    key = Key(_partition(tenant), f"{table}#{body.version}")
    stored = StoredConfirmation(
        version=body.version,
        confirmed_by=body.confirmed_by,
        recorded_at=services.clock(),
        recorded_by=call.caller.subject,
    )
    work = Work(services, call)
    work.add(Put(key, {ATTRIBUTE: seal_model(services.vault, Scope(tenant), key, stored)}))
    work.audit(f"{knowledge.context}.confirm_table", tenant, f"table/{table}/{body.version}")
    answer = _shown(knowledge, known, stored)
    work.commit(answer)
    return answer


def _partition(tenant: str) -> str:
    return f"KNOWLEDGE#{tenant}"


def _opened(services: Services, tenant: str, item: Item) -> StoredConfirmation:
    return open_model(services.vault, Scope(tenant), item, StoredConfirmation)


def _shown(knowledge: Knowledge, table: Table, found: StoredConfirmation | None) -> KnownTable:
    return KnownTable(
        id=table.id,
        version=table.version(knowledge.package),
        entered_on=table.entered_on,
        source=table.source,
        own=table.own,
        confirm=table.confirm,
        countries=table.countries,
        confirmation=found.view() if found else None,
    )
