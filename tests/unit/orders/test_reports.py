"""Open orders as a report: each exactly while its loop is open, for those who may."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.orders import Order, OrderStatus, Priority, ResultStatus, SignOff
from schemas.reports import NewOrdersReport, OrdersReportKind, ReportScope
from telesalud.orders import activity, reports
from telesalud.orders.requests import deadlines, ordering, results
from telesalud.orders.requests.open_orders import open_partition
from telesalud.platform.access import Caller
from telesalud.platform.errors import Forbidden, StaleVersion
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.reports import asking
from telesalud.platform.reports.model import Reports
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import (
    ADMINISTRATOR,
    DESK,
    LABORATORY,
    NURSE,
    PHARMACIST,
    Ward,
    physician,
)
from tests.worlds.reports.running import SmallPages, made
from tests.worlds.world import TENANT, call

KIND = OrdersReportKind.OPEN_ORDERS


@pytest.fixture
def ward() -> Ward:
    return Ward()


def command(**changes: Any) -> NewOrdersReport:
    """Everybody's open orders of a week, in Lima."""
    fields: dict[str, Any] = {
        "kind": KIND,
        "scope": ReportScope.INSTITUTION,
        "since": date(2026, 11, 16),
        "until": date(2026, 11, 22),
        "zone": "America/Lima",
        "language": "en",
    }
    return NewOrdersReport.model_validate(fields | changes)


def reports_of(ward: Ward, page: int = 100) -> Reports:
    services = replace(ward.services, store=SmallPages(ward.services.store, page))
    return Reports(
        "orders", services, MemoryBlobs(), reports.DEFINITIONS, reports.WORDS, reports.permit
    )


def rows(ward: Ward, by: Caller = ADMINISTRATOR, **changes: Any) -> list[dict[str, str]]:
    return made(reports_of(ward, page=2), call(by), command(**changes), KIND.value)


def signed_off(ward: Ward, order: Order) -> Order:
    body = SignOff(result=order.result.number if order.result else 0)
    return results.sign_off(ward.services, call(physician()), order.id, body, order.version)


def test_an_order_is_listed_from_its_signature_to_its_sign_off(ward: Ward) -> None:
    drafted = ward.order(priority=Priority.STAT)
    assert rows(ward) == []
    sent = ordering.sign(ward.services, call(physician()), drafted.id, drafted.version)
    [row] = rows(ward)
    assert row == {
        "Signed": "2026-11-21T07:00-05:00",
        "Due": "2026-11-21T09:00-05:00",
        "Overdue": "no",
        "Status": "no result",
        "Priority": "immediate",
        "Kind": "laboratory",
        "Patient": "Paciente Demostración Uno",
        "Record": "100000001-7",
        "Orderer": "Profesional Demostración Uno",
        "Order": sent.id,
    }
    resulted = ward.resulted(sent)
    assert [row["Status"] for row in rows(ward)] == ["to sign off"]
    assert signed_off(ward, resulted).status is OrderStatus.REVIEWED
    assert rows(ward) == []


def test_a_corrected_result_opens_the_order_again(ward: Ward) -> None:
    reviewed = signed_off(ward, ward.resulted(ward.sent()))
    changes = {"status": ResultStatus.CORRECTED, "correction_reason": "Muestra mal rotulada"}
    ward.resulted(reviewed, **changes)
    assert len(rows(ward)) == 1


def test_a_cancelled_order_is_not_open(ward: Ward) -> None:
    sent = ward.sent()
    ordering.close(
        ward.services,
        call(physician()),
        sent.id,
        OrderStatus.CANCELLED,
        reason="Ya no hace falta",
        version=sent.version,
    )
    assert rows(ward) == []


def test_a_late_order_says_so(ward: Ward) -> None:
    sent = ward.sent(priority=Priority.STAT)
    ward.world.clock.advance(hours=3)
    deadlines.check(ward.services, TENANT, sent.id, sent.schedule)
    assert [row["Overdue"] for row in rows(ward)] == ["yes"]


def test_orders_come_by_signature_over_many_pages_within_the_span(ward: Ward) -> None:
    expected = []
    for _ in range(5):
        expected.append(ward.sent().id)
        ward.world.clock.advance(minutes=10)
    ward.world.clock.advance(days=5)
    ward.sent()
    assert [row["Order"] for row in rows(ward)] == expected


def test_an_orderer_gets_his_own(ward: Ward) -> None:
    ward.sent()
    sent = ward.sent()
    ordering.take_over(ward.services, call(physician(subject="physician-2")), sent.id, sent.version)
    mine = rows(ward, physician(subject="physician-2"), scope=ReportScope.MINE)
    assert [row["Order"] for row in mine] == [sent.id]
    assert len(rows(ward, LABORATORY)) == 2


@pytest.mark.parametrize(
    ("who", "scope"),
    [
        (physician(), ReportScope.INSTITUTION),
        (NURSE, ReportScope.MINE),
        (PHARMACIST, ReportScope.INSTITUTION),
        (DESK, ReportScope.MINE),
    ],
)
def test_who_may_not_have_it_gets_none(ward: Ward, who: Caller, scope: ReportScope) -> None:
    with pytest.raises(Forbidden):
        asking.ask(reports_of(ward), call(who), command(scope=scope), KIND.value)


def test_what_is_listed_in_clear_names_nobody(ward: Ward) -> None:
    ward.sent()
    [item] = ward.services.store.query(open_partition(TENANT)).items
    assert "Demostración" not in repr(item.attributes)
    assert "Potasio" not in repr(item.attributes)


def test_a_crash_while_signing_leaves_order_and_list_agreeing() -> None:
    drafts: dict[int, Order] = {}

    def begin() -> Ward:
        ward = Ward()
        drafts[id(ward)] = ward.order()
        return ward

    def sign(ward: Ward) -> None:
        drafted = drafts[id(ward)]
        by = call(physician(), key="signing-1")
        ordering.sign(ward.services, by, drafted.id, drafted.version)

    def retried(ward: Ward) -> None:
        with suppress(StaleVersion):  # it was signed before the crash
            sign(ward)

    def check(ward: Ward) -> None:
        [item] = ward.services.store.query(open_partition(TENANT)).items
        order = ordering.read(ward.services, call(LABORATORY), item.text("order"))
        assert order.status is OrderStatus.ACTIVE

    assert crash_everywhere(begin, lambda ward: ward.world.store, retried, check) == 2


def test_days_are_those_of_the_zone(ward: Ward) -> None:
    ward.sent()
    day = {"since": date(2026, 11, 22), "until": date(2026, 11, 22)}
    ward.world.clock.now += timedelta(hours=14)
    assert rows(ward, ADMINISTRATOR, **day) == []
    [row] = rows(ward, ADMINISTRATOR, **day, zone="Pacific/Auckland")
    assert row["Signed"] == "2026-11-22T01:00+13:00"


def test_the_dashboard_counts_what_is_open_by_kind(ward: Ward) -> None:
    first = ward.sent(priority=Priority.STAT)
    ward.world.clock.advance(hours=3)
    deadlines.check(ward.services, TENANT, first.id, first.schedule)
    second = ward.sent()
    ward.resulted(second)
    open_now = activity.open_orders(ward.services, call(ADMINISTRATOR))
    [kind] = open_now.kinds
    assert kind.model_dump() == {
        "kind": "laboratory",
        "open": 2,
        "overdue": 1,
        "urgent": 1,
        "resulted": 1,
    }
    assert open_now.oldest_at == first.signed_at
    for who in (physician(), NURSE, DESK):
        with pytest.raises(Forbidden):
            activity.open_orders(ward.services, call(who))
