"""The check engine and the state machines, by properties that must hold for any patient."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.clinical_events import Criticality
from schemas.formulary import FormularyItem, Interaction
from schemas.orders import OrderStatus
from schemas.papers import PaperStatus
from schemas.prescriptions import (
    Alert,
    AlertKind,
    AlertSeverity,
    PrescriptionLine,
    PrescriptionStatus,
)
from telesalud.orders import statuses
from telesalud.orders.catalogues.releases import Formulary, Interactions
from telesalud.orders.current_state import Allergy, Taken
from telesalud.orders.prescriptions.checks import Knowledge, blocking, check, codes_of
from telesalud.platform.errors import InvalidTransition
from tests.worlds.orders.ward import FORMULARY, INTERACTIONS, line

PRODUCTS = {str(raw["code"]): FormularyItem.model_validate(raw, strict=False) for raw in FORMULARY}
KNOWN = Knowledge(
    Formulary.of(list(PRODUCTS.values())),
    Interactions.of([Interaction.model_validate(raw, strict=False) for raw in INTERACTIONS]),
    "es",
)
CODES = sorted(
    {code for item in PRODUCTS.values() for code in (f"atc:{item.atc}", f"atc:{item.atc[:4]}")}
    | {f"substance:{name}" for item in PRODUCTS.values() for name in item.substances}
    | {"cie11:XM1234"}
)

products = st.lists(st.sampled_from(sorted(PRODUCTS)), min_size=1, max_size=4, unique=True)
some_codes = st.lists(st.sampled_from(CODES), max_size=3).map(tuple)
allergies = st.lists(some_codes, max_size=3).map(
    lambda many: [Allergy(f"allergy/{n}", codes) for n, codes in enumerate(many)]
)
taken = st.lists(some_codes, max_size=3).map(
    lambda many: [Taken(f"medication/{n}", codes) for n, codes in enumerate(many)]
)


def lines(codes: list[str]) -> list[PrescriptionLine]:
    return [
        PrescriptionLine(number=n, product=PRODUCTS[code], **dict(line(code)))
        for n, code in enumerate(codes, 1)
    ]


def found(
    codes: list[str], against: list[Allergy] | None = None, with_: list[Taken] | None = None
) -> tuple[Alert, ...]:
    return check(lines(codes), against or [], with_ or [], KNOWN)


def kinds(alerts: tuple[Alert, ...]) -> list[tuple[AlertKind, AlertSeverity]]:
    return [(alert.kind, alert.severity) for alert in alerts]


@pytest.mark.parametrize(
    ("code", "allergy", "severity"),
    [
        ("AMX500", "substance:amoxicillin", AlertSeverity.HIGH),
        ("AMC875", "substance:amoxicillin", AlertSeverity.HIGH),
        ("AMC875", "atc:J01CA04", AlertSeverity.HIGH),
        ("AMX500", "atc:J01C", AlertSeverity.HIGH),
        ("AMX500", "atc:J", AlertSeverity.HIGH),
        ("AMP500", "atc:J01CA04", AlertSeverity.HIGH),
        ("PAR500", "atc:J01C", None),
        ("AMC875", "substance:ampicillin", AlertSeverity.HIGH),
    ],
)
def test_allergies_to_substance_class_and_relatives(
    code: str, allergy: str, severity: AlertSeverity | None
) -> None:
    alerts = found([code], [Allergy("allergy/1", (allergy,))])
    assert kinds(alerts) == ([(AlertKind.ALLERGY, severity)] if severity else [])


def test_a_relative_of_a_drug_of_low_criticality_only_warns() -> None:
    mild = Allergy("allergy/1", ("atc:J01CA04",), Criticality.LOW)
    assert kinds(found(["AMP500"], [mild])) == [(AlertKind.ALLERGY, AlertSeverity.MODERATE)]
    assert kinds(found(["AMX500"], [mild])) == [(AlertKind.ALLERGY, AlertSeverity.HIGH)]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["AMX500", "AMC875"], [(AlertKind.DUPLICATE, AlertSeverity.HIGH)]),
        (["IBU400", "NAP500"], [(AlertKind.DUPLICATE, AlertSeverity.MODERATE)]),
        (["WAR005", "NAP500"], [(AlertKind.INTERACTION, AlertSeverity.HIGH)]),
        (["WAR005", "PAR500"], [(AlertKind.INTERACTION, AlertSeverity.MODERATE)]),
        (["AMX500", "PAR500"], []),
    ],
)
def test_lines_of_one_prescription_are_checked_against_one_another(
    codes: list[str], expected: Any
) -> None:
    assert kinds(found(codes)) == expected


def test_what_cannot_be_read_is_said() -> None:
    alerts = found(["PAR500"], [Allergy("allergy/1", ())], [Taken("medication/1", ("cie11:X",))])
    assert kinds(alerts) == [
        (AlertKind.UNCODED, AlertSeverity.HIGH),  # an allergy: somebody has to read it
        (AlertKind.UNCODED, AlertSeverity.MODERATE),
    ]


def told(alerts: Sequence[Alert]) -> set[tuple[object, ...]]:
    """What is said of each entry, whether several say it together or not."""
    return {
        (a.kind, a.lines, a.agents, a.severity, source)
        for a in alerts
        for source in (a.sources or (a.source,))
    }


@settings(deadline=None)
@given(products, allergies, taken)
def test_one_more_allergy_or_medicine_never_hides_an_alert(
    codes: list[str], against: list[Allergy], with_: list[Taken]
) -> None:
    assert told(found(codes, against[1:], with_[1:])) <= told(found(codes, against, with_))


@settings(deadline=None)
@given(products, allergies, taken)
def test_the_order_of_what_is_known_does_not_matter(
    codes: list[str], against: list[Allergy], with_: list[Taken]
) -> None:
    assert found(codes, against, with_) == found(codes, against[::-1], with_[::-1])


@settings(deadline=None)
@given(products)
def test_a_drug_is_always_stopped_for_who_is_allergic_to_any_of_its_substances(
    codes: list[str],
) -> None:
    for number, code in enumerate(codes, 1):
        for name in PRODUCTS[code].substances:
            alerts = found(codes, [Allergy("allergy/1", (f"substance:{name}",))])
            stopped = {
                line for a in blocking(alerts) if a.kind is AlertKind.ALLERGY for line in a.lines
            }
            assert number in stopped


@settings(deadline=None)
@given(st.sampled_from(sorted(PRODUCTS)), st.sampled_from(sorted(PRODUCTS)))
def test_an_interaction_is_found_whichever_drug_came_first(one: str, two: str) -> None:
    def meeting(new: str, old: str) -> set[tuple[AlertKind, AlertSeverity, tuple[str, ...]]]:
        present = Taken("medication/1", codes_of(lines([old])[0]))
        return {(a.kind, a.severity, a.agents) for a in found([new], None, [present])}

    assert meeting(one, two) == meeting(two, one)


@settings(deadline=None)
@given(products, allergies, taken)
def test_alerts_come_gravest_first_and_each_once(
    codes: list[str], against: list[Allergy], with_: list[Taken]
) -> None:
    alerts = found(codes, against, with_)
    ranks = [list(AlertSeverity).index(alert.severity) for alert in alerts]
    assert ranks == sorted(ranks)
    assert len({alert.id for alert in alerts}) == len(alerts)


MACHINES: list[tuple[Any, Any, set[Any]]] = [
    (statuses.PRESCRIPTION, PrescriptionStatus, {PrescriptionStatus.ENTERED_IN_ERROR}),
    (statuses.ORDER, OrderStatus, {OrderStatus.ENTERED_IN_ERROR}),
    (statuses.PAPER, PaperStatus, {PaperStatus.ENTERED_IN_ERROR}),
]


@settings(deadline=None)
@given(st.sampled_from(MACHINES), st.lists(st.integers(0, 6), max_size=12))
def test_no_history_leaves_a_machine_or_its_final_state(machine: Any, wishes: list[int]) -> None:
    table, states, final = machine
    state, seen_final = next(iter(states)), False
    for wish in wishes:
        wanted = list(states)[wish % len(states)]
        if wanted not in table[state]:
            with pytest.raises(InvalidTransition) as refused:
                statuses.move(table, state, wanted)
            assert refused.value.extra == {"current": state.value, "requested": wanted.value}
            continue
        after = statuses.move(table, state, wanted)
        assert not seen_final
        assert after in table[state]
        state, seen_final = after, after in final


@pytest.mark.parametrize("machine", MACHINES, ids=["prescription", "order", "paper"])
def test_every_state_can_be_reached_and_only_an_error_is_forever(machine: Any) -> None:
    table, states, final = machine
    reached = {next(iter(states))}
    for _ in states:
        reached |= {after for state in reached for after in table[state]}
    assert reached == set(states) == set(table)
    assert {state for state in states if not table[state]} == final


def test_nothing_returns_to_a_draft_and_a_signed_order_never_unsigns() -> None:
    for table in (statuses.PRESCRIPTION, statuses.ORDER):
        assert all(state.value != "draft" for ways in table.values() for state in ways)
