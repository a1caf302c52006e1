"""Reports over orders: those whose loop is not closed. They read `open_orders` only."""

from typing import Final

from schemas.orders import OrderStatus
from schemas.reports import NewOrdersReport, NewReport, OrdersReportKind, ReportScope
from telesalud.orders import wiring
from telesalud.orders.policy import GRANTS, REPORT_ALL, REPORT_OWN
from telesalud.orders.requests.open_orders import open_partition
from telesalud.orders.stored import OpenOrderNames
from telesalud.platform.access import allows, require
from telesalud.platform.backend import part
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.reports.model import (
    CellKind,
    Chunk,
    Column,
    Definition,
    Job,
    Reports,
    Row,
    Words,
    local,
    share,
)
from telesalud.platform.reports.wiring import report_blobs
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services

_ROWS_A_STEP: Final = 200

WORDS: Final[Words] = {
    "open_orders": ("Órdenes abiertas", "Pedidos em aberto", "Open orders"),
    "signed_at": ("Firma", "Assinatura", "Signed"),
    "due_at": ("Respuesta hasta", "Resposta até", "Due"),
    "overdue": ("Con retraso", "Com atraso", "Overdue"),
    "status": ("Estado", "Situação", "Status"),
    "priority": ("Prioridad", "Prioridade", "Priority"),
    "kind": ("Tipo", "Tipo", "Kind"),
    "patient": ("Paciente", "Paciente", "Patient"),
    "record": ("Historia clínica", "Prontuário", "Record"),
    "orderer": ("Solicitante", "Solicitante", "Orderer"),
    "order": ("Orden", "Pedido", "Order"),
    OrderStatus.ACTIVE.value: ("sin resultado", "sem resultado", "no result"),
    OrderStatus.RESULTED.value: ("por revisar", "a revisar", "to sign off"),
    "routine": ("rutina", "rotina", "routine"),
    "urgent": ("urgente", "urgente", "urgent"),
    "stat": ("inmediata", "imediata", "immediate"),
    "laboratory": ("laboratorio", "laboratório", "laboratory"),
    "imaging": ("imagenología", "imagem", "imaging"),
    "service": ("servicio", "serviço", "service"),
}

_COLUMNS: Final = (
    Column("signed_at", CellKind.MOMENT, 13),
    Column("due_at", CellKind.MOMENT, 13),
    Column("overdue", CellKind.WORD, 7),
    Column("status", CellKind.WORD, 12),
    Column("priority", CellKind.WORD, 8),
    Column("kind", CellKind.WORD, 10),
    Column("patient", width=22),
    Column("record", width=13),
    Column("orderer", width=20),
    Column("order", width=14),
)


def _open_orders(services: Services, tenant: str, job: Job, cursor: str | None) -> Chunk:
    """Open orders by the time of their signature."""
    page = services.store.query(
        open_partition(tenant),
        after=cursor or to_text(job.begins()),
        until=to_text(job.ends()),
        limit=_ROWS_A_STEP,
    )
    chosen = [
        item
        for item in page.items
        if job.scope is ReportScope.INSTITUTION or item.text("orderer") == job.owner
    ]
    rows = [_row(services, tenant, job, item) for item in chosen]
    if page.next_after is None:
        return Chunk(rows, None, 100)
    passed = share(job, from_text(page.next_after.partition("#")[0]))
    return Chunk(rows, page.next_after, int(100 * passed))


def _row(services: Services, tenant: str, job: Job, item: Item) -> Row:
    named = open_model(services.vault, Scope(tenant), item, OpenOrderNames)
    due = item.attributes.get("due")
    return (
        local(from_text(item.key.sk.partition("#")[0]), job.zone),
        local(from_text(due), job.zone) if isinstance(due, str) else None,
        "yes" if item.attributes["overdue"] else "no",
        item.text("status"),
        item.text("priority"),
        item.text("of_kind"),
        named.patient_name,
        named.record_number,
        named.orderer_name,
        item.text("order"),
    )


def permit(call: Call, command: NewReport, kind: str) -> str:
    """The zone of its days. Raises Forbidden unless the caller may have the report."""
    own = command.scope is ReportScope.MINE and allows(call.caller, REPORT_OWN, GRANTS)
    if not own:
        require(call.caller, REPORT_ALL, GRANTS)
    if not isinstance(command, NewOrdersReport):
        raise TypeError(f"{kind} is no report over orders")
    return command.zone


DEFINITIONS: Final = {
    OrdersReportKind.OPEN_ORDERS.value: Definition(_COLUMNS, _open_orders, most_days=366)
}


@part
def reports() -> Reports:
    """This context's reports, made from the environment once per process."""
    return Reports("orders", wiring.services(), report_blobs("orders"), DEFINITIONS, WORDS, permit)
