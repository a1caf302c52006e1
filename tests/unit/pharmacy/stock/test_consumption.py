"""What became of stock in a span of days of the warehouse."""

from datetime import date

import pytest

from schemas.pharmacy import MovementKind
from schemas.stock_postings import (
    NewWriteOff,
    WriteOffKind,
    WriteOffLine,
)
from schemas.stock_reports import Consumption, ConsumptionQuery
from telesalud.pharmacy.stock import postings
from telesalud.pharmacy.stock.consumption import consumption
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, NotFound
from tests.worlds.pharmacy.dispensary import AMOXICILLIN, EARLY, PARACETAMOL, Dispensary
from tests.worlds.world import call, user

FIRST = date(2026, 11, 21)


def lose(here: Dispensary, quantity: int) -> None:
    lines = (WriteOffLine(item=AMOXICILLIN, lot=f"{EARLY}.L1", quantity=quantity),)
    body = NewWriteOff(kind=WriteOffKind.LOSS, reason="No aparece", lines=lines)
    postings.write_off(here.services, here.by(), here.main.id, body)


def asked(here: Dispensary, since: date, until: date, **more: int) -> tuple[Consumption, ...]:
    query = ConsumptionQuery(since=since, until=until, **more)
    return consumption(here.services, here.by(), here.main.id, query).items


def test_each_day_of_the_warehouse_has_its_own_movements() -> None:
    """It is 07:00 in Lima; at 05:00 in UTC the next day begins there."""
    here = Dispensary()
    here.enter(AMOXICILLIN, 100)
    here.world.clock.advance(hours=16, minutes=59)
    lose(here, 10)
    here.world.clock.advance(minutes=1)
    lose(here, 5)
    second = date(2026, 11, 22)
    [one] = asked(here, FIRST, FIRST)
    assert (one.opening, one.closing) == (0, 90)
    assert {x.kind: x.quantity for x in one.totals} == {
        MovementKind.ENTRY: 100,
        MovementKind.LOSS: -10,
    }
    [other] = asked(here, second, second)
    assert (other.opening, other.closing) == (90, 85)
    [both] = asked(here, FIRST, second)
    assert (both.opening, both.closing) == (0, 85)
    [before] = asked(here, date(2026, 11, 1), date(2026, 11, 2))
    assert (before.opening, before.totals, before.closing) == (0, (), 0)


def test_items_are_paged_without_loss() -> None:
    here = Dispensary()
    here.enter(AMOXICILLIN, 1)
    here.enter(PARACETAMOL, 2)
    query = ConsumptionQuery(since=FIRST, until=FIRST, limit=1)
    page = consumption(here.services, here.by(), here.main.id, query)
    assert [one.item for one in page.items] == [AMOXICILLIN]
    follows = ConsumptionQuery(since=FIRST, until=FIRST, limit=1, cursor=page.cursor)
    last = consumption(here.services, here.by(), here.main.id, follows)
    assert ([one.item for one in last.items], last.cursor) == ([PARACETAMOL], None)


@pytest.mark.parametrize("until", [date(2026, 11, 20), date(2028, 1, 1)])
def test_a_span_goes_forward_and_is_a_year_at_most(until: date) -> None:
    with pytest.raises(ValueError, match="span"):
        ConsumptionQuery(since=FIRST, until=until)


def test_who_may_not_report_gets_nothing_and_strangers_find_nothing() -> None:
    here = Dispensary()
    query = ConsumptionQuery(since=FIRST, until=FIRST)
    for role in (Role.PHARMACY_ASSISTANT, Role.NURSE, Role.BILLING):
        with pytest.raises(Forbidden):
            consumption(here.services, call(user(role)), here.main.id, query)
    stranger = call(user(Role.PHARMACIST, tenant="clinic-two"))
    with pytest.raises(NotFound):
        consumption(here.services, stranger, here.main.id, query)
