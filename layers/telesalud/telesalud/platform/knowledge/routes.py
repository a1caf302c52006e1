"""The HTTP operations of what a context knows."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from schemas.knowledge import Classification, ConfirmTable, KnownTable, KnownTables
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.http.operations import Group, Request
from telesalud.platform.knowledge import confirming
from telesalud.platform.knowledge.confirming import Knowledge
from telesalud.platform.work import Services

_TABLE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


def knowledge_group(
    knowledge: Knowledge,
    services: Callable[[], Services],
    classifications: Callable[[], Sequence[Classification]] = tuple,
) -> Group:
    """Reading what is in use and recording who confirmed it, at `/<context>/knowledge`."""
    group = Group(f"/{knowledge.context}/knowledge")
    group.add(
        "GET",
        "",
        partial(read_knowledge, knowledge, services, classifications),
        name="read_knowledge",
        summary="Which tables and rules are in use here, and who confirmed them",
        answer=KnownTables,
    )
    group.add(
        "POST",
        "/{table}/confirm",
        partial(confirm_table, knowledge, services),
        name="confirm_table",
        summary="Record who stands for the version of a table that is in use",
        body=ConfirmTable,
        answer=KnownTable,
        idempotent=True,
        errors=(NotFound, StaleVersion),
    )
    return group


def read_knowledge(
    knowledge: Knowledge,
    services: Callable[[], Services],
    classifications: Callable[[], Sequence[Classification]],
    request: Request,
) -> KnownTables:
    """Which tables and rules are in use here, and who confirmed them."""
    return confirming.in_use(services(), request.call, knowledge, classifications())


def confirm_table(
    knowledge: Knowledge, services: Callable[[], Services], request: Request
) -> KnownTable:
    """Record who stands for the version of a table that is in use."""
    table = request.path["table"]
    if not _TABLE.fullmatch(table):
        raise NotFound("there is no such table")
    return confirming.confirm(services(), request.call, knowledge, table, request.body)
