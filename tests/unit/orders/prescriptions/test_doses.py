"""Doses, ages, quantities, regimens: what stops, what warns, what is said not to be checked."""

import re
from datetime import date
from typing import Any

import pytest

from schemas.formulary import FormularyItem, Route
from schemas.prescriptions import (
    AlertKind,
    AlertSeverity,
    Dose,
    DoseStep,
    Frequency,
    PrescriptionLine,
    UncheckedKind,
)
from telesalud.orders.catalogues.releases import Formulary, Interactions
from telesalud.orders.medicines.amounts import amounts, number, strength_of, unit_of, units_in
from telesalud.orders.medicines.doses import needed_of
from telesalud.orders.medicines.engine import Findings, blocking
from telesalud.orders.medicines.parts import Body
from telesalud.orders.prescriptions.checks import Knowledge, findings
from telesalud.orders.prescriptions.lines import lines_of
from telesalud.platform.errors import Invalid
from tests.worlds.orders.ward import line

TODAY = date(2026, 11, 30)
ADULT = Body(date(1980, 1, 1))
KNOWN = Knowledge(Formulary(), Interactions(), "es")


def item(name: str, strength: str, unit: str = "tableta", **more: Any) -> FormularyItem:
    fields: dict[str, Any] = {
        "code": re.sub(r"[^A-Za-z0-9.-]", "-", f"{name}-{strength}")[:32],
        "atc": "N02BE01",
        "name": name,
        "substances": (name,),
        "form": unit,
        "strength": strength,
        "unit": unit,
        "routes": (Route.ORAL, Route.INTRAMUSCULAR, Route.SUBCUTANEOUS),
    }
    return FormularyItem(**fields | more)


def course(
    product: FormularyItem, value: float, unit: str, times: int = 1, hours: int = 24, **more: Any
) -> PrescriptionLine:
    changes = {
        "dose": Dose(value=value, unit=unit),
        "frequency": Frequency(times=times, hours=hours),
        "duration_days": 5,
        "quantity": 1,
        **more,
    }
    return PrescriptionLine(number=1, product=product, **dict(line(product.code, **changes)))


def seen(*lines: PrescriptionLine, body: Body = ADULT) -> Findings:
    numbered = [one.model_copy(update={"number": n}) for n, one in enumerate(lines, 1)]
    return findings(numbered, [], [], KNOWN, body=body, today=TODAY)


def dose_alerts(found: Findings) -> set[tuple[str, AlertSeverity, bool]]:
    return {
        (a.source, a.severity, a.contraindicated)
        for a in found.alerts
        if a.kind is AlertKind.DOSE and a.source != "quantity"
    }


PARACETAMOL = item("paracetamol", "500 mg")
SYRUP = item("amoxicillin", "250 mg/5 ml", "ml")
WARFARIN = item("warfarin", "5 mg")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (course(PARACETAMOL, 2, "tableta", 1, 6), set()),
        (course(PARACETAMOL, 2, "tabletas", 1, 4), {"daily"}),
        (course(PARACETAMOL, 20, "tableta", 24, 24), {"single", "daily"}),
        (course(PARACETAMOL, 1, "g", 1, 6), set()),
        (course(PARACETAMOL, 2, "g", 1, 24), {"single"}),
        (course(WARFARIN, 1, "tableta", 1, 24), set()),
        (course(WARFARIN, 4, "tableta", 1, 24), {"single", "daily"}),
        (course(WARFARIN, 5, "mg", 1, 6), {"daily"}),
        (course(WARFARIN, 1, "tableta", 1, 8), {"daily"}),
        (course(WARFARIN, 2, "tableta", 1, 24), set()),
        (course(SYRUP, 10, "ml", 1, 8), set()),
        (course(SYRUP, 250, "ml", 1, 8), {"single", "daily"}),
        (course(item("acetylsalicylic-acid", "100 mg"), 40, "tableta", 1, 8), {"single", "daily"}),
    ],
)
def test_a_dose_above_the_most_stops_the_signature(
    given: PrescriptionLine, expected: set[str]
) -> None:
    assert {source for source, severity, _ in dose_alerts(seen(given))} == expected


@pytest.mark.parametrize(
    "name", ["aspart", "degludec", "detemir", "glargine", "glulisine", "human", "lispro"]
)
def test_every_insulin_has_a_most(name: str) -> None:
    pen = item(f"insulin-{name}", "100 UI/ml", "ml")
    given = {"route": Route.SUBCUTANEOUS}
    assert dose_alerts(seen(course(pen, 20, "UI", 1, 24, **given))) == set()
    assert dose_alerts(seen(course(pen, 500, "UI", 1, 24, **given)))
    assert dose_alerts(seen(course(pen, 5, "ml", 1, 24, **given)))


METHOTREXATE = item("methotrexate", "2.5 mg")
ALENDRONATE = item("alendronic-acid", "70 mg")
PEN = item("dulaglutide", "1.5 mg", "pluma")
VITAMIN_D = item("colecalciferol", "50000 UI", "cápsula")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (course(METHOTREXATE, 6, "tableta", 1, 24), {"rhythm"}),
        (course(METHOTREXATE, 1, "tableta", 1, 24, continuous=True, duration_days=1), {"rhythm"}),
        (course(METHOTREXATE, 3, "tableta", 1, 48, duration_days=30), {"rhythm"}),
        (course(METHOTREXATE, 3, "tableta", 2, 168, duration_days=30), {"rhythm"}),
        (course(METHOTREXATE, 6, "tableta", 1, 168, duration_days=84), set()),
        (course(METHOTREXATE, 2, "tableta", 1, 12, duration_days=2), set()),
        (course(METHOTREXATE, 6, "tableta", 1, 24, duration_days=1), set()),
        (course(ALENDRONATE, 1, "tableta", 1, 24, duration_days=28), {"weekly"}),
        (course(ALENDRONATE, 1, "tableta", 1, 168, duration_days=28), set()),
        (course(item("alendronic-acid", "10 mg"), 1, "tableta", 1, 24, duration_days=28), set()),
        (course(VITAMIN_D, 1, "cápsula", 1, 24, duration_days=30), {"weekly"}),
        (course(VITAMIN_D, 1, "cápsula", 1, 168, duration_days=60), set()),
        (course(PEN, 1.5, "mg", 1, 24, duration_days=28, route=Route.SUBCUTANEOUS), {"weekly"}),
        (course(PEN, 1.5, "mg", 1, 168, duration_days=28, route=Route.SUBCUTANEOUS), set()),
    ],
)
def test_what_is_taken_once_a_week_is_not_written_for_every_day(
    given: PrescriptionLine, expected: set[str]
) -> None:
    found = dose_alerts(seen(given))
    assert {source for source, severity, _ in found} == expected
    assert all(severity is AlertSeverity.HIGH for _, severity, _ in found)
    assert all(grave for source, _, grave in found if source == "rhythm")


def test_many_times_the_most_asks_for_a_precaution() -> None:
    found = dose_alerts(seen(course(PARACETAMOL, 20, "tableta", 24, 24)))
    assert found == {("single", AlertSeverity.HIGH, True), ("daily", AlertSeverity.HIGH, True)}


def test_a_tenfold_dose_of_a_child_is_found_by_weight() -> None:
    child = Body(date(2024, 11, 30), 12.0)
    syrup = item("paracetamol", "120 mg/5 ml", "ml")
    assert dose_alerts(seen(course(syrup, 7.5, "ml", 1, 6), body=child)) == set()
    assert dose_alerts(seen(course(syrup, 75, "ml", 1, 6), body=child))


def test_without_the_weight_of_a_child_that_is_said() -> None:
    found = seen(course(SYRUP, 5, "ml", 1, 8), body=Body(date(2024, 11, 30)))
    assert UncheckedKind.WEIGHT in {one.what for one in found.unchecked}
    known = seen(course(SYRUP, 5, "ml", 1, 8), body=Body(date(2024, 11, 30), 12))
    assert UncheckedKind.WEIGHT not in {one.what for one in known.unchecked}


@pytest.mark.parametrize(
    ("name", "born", "severity"),
    [
        ("codeine", date(2018, 1, 1), AlertSeverity.HIGH),
        ("acetylsalicylic-acid", date(2020, 1, 1), AlertSeverity.HIGH),
        ("doxycycline", date(2021, 1, 1), AlertSeverity.HIGH),
        ("ciprofloxacin", date(2015, 1, 1), AlertSeverity.MODERATE),
        ("promethazine", date(2025, 6, 1), AlertSeverity.HIGH),
    ],
)
def test_what_is_not_for_the_age_is_said(name: str, born: date, severity: AlertSeverity) -> None:
    given = course(item(name, "1 mg"), 1, "tableta")
    ages = [a.severity for a in seen(given, body=Body(born, 20)).alerts if a.kind is AlertKind.AGE]
    assert ages == [severity]
    assert not [a for a in seen(given).alerts if a.kind is AlertKind.AGE]


def test_lines_of_one_substance_add_up() -> None:
    both = item("paracetamol", "1 g")
    found = seen(course(PARACETAMOL, 2, "tableta", 1, 6), course(both, 1, "tableta", 1, 12))
    assert {source for source, *_ in dose_alerts(found)} == {"daily"}
    assert next(a.lines for a in found.alerts if a.source == "daily") == (1, 2)


def test_as_needed_has_its_own_most() -> None:
    often = Frequency(times=1, hours=4, as_needed=True)
    free = course(PARACETAMOL, 2, "tableta", frequency=often)
    bound = free.model_copy(update={"max_doses_a_day": 4})
    assert dose_alerts(seen(free))
    assert not dose_alerts(seen(bound))


def test_the_formulary_of_the_institution_decides_its_limits() -> None:
    strict = item("paracetamol", "500 mg", max_daily=2_000, min_age_months=144)
    assert dose_alerts(seen(course(strict, 1, "tableta", 1, 4)))
    child = seen(course(strict, 1, "tableta"), body=Body(date(2020, 1, 1), 20))
    assert AlertKind.AGE in {a.kind for a in child.alerts}


def test_a_dose_that_cannot_be_computed_is_said_not_to_be_checked() -> None:
    odd = course(item("paracetamol", "según etiqueta"), 1, "tableta")
    assert UncheckedKind.DOSE in {one.what for one in seen(odd).unchecked}
    plain = seen(course(PARACETAMOL, 1, "tableta"))
    assert UncheckedKind.DOSE not in {one.what for one in plain.unchecked}


def test_pregnancy_lactation_kidney_and_liver_are_always_said() -> None:
    noted = item("paracetamol", "500 mg", pregnancy="compatible")
    found = {one.what: one.text for one in seen(course(noted, 1, "tableta")).unchecked}
    assert {"pregnancy", "lactation", "kidney", "liver"} <= {what.value for what in found}
    assert "compatible" in found[UncheckedKind.PREGNANCY]


@pytest.mark.parametrize(
    ("quantity", "said"), [(15, False), (20, False), (14, True), (840, True), (31, True)]
)
def test_a_quantity_that_is_not_what_the_course_needs_is_said(quantity: int, said: bool) -> None:
    given = course(PARACETAMOL, 1, "tableta", 1, 8, quantity=quantity)
    assert ("quantity" in {a.source for a in seen(given).alerts}) is said


def tapering(*tablets: float) -> dict[str, Any]:
    daily = Frequency(times=1, hours=24)
    steps = tuple(
        DoseStep(sequence=n, dose=Dose(value=t, unit="tableta"), frequency=daily, days=5)
        for n, t in enumerate(tablets, 1)
    )
    return {
        "steps": steps,
        "dose": steps[0].dose,
        "frequency": daily,
        "duration_days": 5 * len(steps),
        "quantity": int(sum(5 * t for t in tablets)),
    }


def test_a_tapering_regimen_is_one_line_without_alerts() -> None:
    prednisone = item("prednisone", "5 mg")
    own = Formulary.of([prednisone])
    lines = lines_of([line(prednisone.code, **tapering(8, 4, 2))], own)
    found = findings(lines, [], [], KNOWN, body=ADULT, today=TODAY)
    assert found.alerts == ()


def test_the_gravest_step_is_checked() -> None:
    prednisone = item("prednisone", "50 mg")
    lines = lines_of([line(prednisone.code, **tapering(1, 8))], Formulary.of([prednisone]))
    assert dose_alerts(findings(lines, [], [], KNOWN, body=ADULT, today=TODAY))


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"dose": Dose(value=1, unit="banana")}, "/lines/0/dose/unit"),
        ({"dose": Dose(value=5_000, unit="tableta")}, "/lines/0/dose/value"),
        ({"frequency": Frequency(times=24, hours=1)}, "/lines/0/frequency/times"),
        ({"max_doses_a_day": 3}, "/lines/0/max_doses_a_day"),
        ({**tapering(2, 1), "duration_days": 7}, "/lines/0/steps"),
    ],
)
def test_what_cannot_be_meant_is_refused(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        lines_of([line(PARACETAMOL.code, **changes)], Formulary.of([PARACETAMOL]))
    assert [fault.pointer for fault in refused.value.fields] == [pointer]


def test_large_units_and_long_intervals_are_accepted() -> None:
    benzathine = item("benzathine-benzylpenicillin", "1 200 000 UI", "vial")
    depot = item("medroxyprogesterone", "150 mg/ml", "vial")
    lines = lines_of(
        [
            line(
                benzathine.code,
                dose=Dose(value=1_200_000, unit="UI"),
                route=Route.INTRAMUSCULAR,
                frequency=Frequency(times=1, hours=504),
            ),
            line(
                depot.code,
                dose=Dose(value=150, unit="mg"),
                route=Route.INTRAMUSCULAR,
                frequency=Frequency(times=1, hours=2160),
            ),
        ],
        Formulary.of([benzathine, depot]),
    )
    found = findings(lines, [], [], KNOWN, body=ADULT, today=TODAY)
    assert not dose_alerts(found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.200.000", 1_200_000),
        ("1,200,000", 1_200_000),
        ("0,5", 0.5),
        ("2.5", 2.5),
        ("1.000", 1000),
    ],
)
def test_numbers_are_read_as_they_are_written_here(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("strength", "dose", "mg"),
    [
        ("500 mg", Dose(value=2, unit="comprimidos"), 1000),
        ("250 mg/5 ml", Dose(value=5, unit="mL"), 250),
        ("100 mcg", Dose(value=1, unit="tableta"), 0.1),
        ("0,25 mg", Dose(value=2, unit="tableta"), 0.5),
        ("1 g", Dose(value=1, unit="cápsula"), 1000),
        ("100 mg/ml", Dose(value=20, unit="gotas"), 100),
        ("100 mcg/dosis", Dose(value=2, unit="puff"), 0.2),
        ("500 mg", Dose(value=750, unit="mg"), 750),
    ],
)
def test_a_dose_holds_so_much(strength: str, dose: Dose, mg: float) -> None:
    held = amounts(dose, item("paracetamol", strength))["paracetamol"]
    assert held.value == pytest.approx(mg)


def test_combinations_hold_so_much_of_each() -> None:
    both = item("amoxicillin", "875 mg + 125 mg", substances=("amoxicillin", "clavulanic-acid"))
    held = amounts(Dose(value=1, unit="tableta"), both)
    assert {name: one.value for name, one in held.items()} == {
        "amoxicillin": 875,
        "clavulanic-acid": 125,
    }
    assert [part.value for part in strength_of("400/80 mg")] == [400, 80]
    assert [part.value for part in strength_of("500 mg/30 mg")] == [500, 30]
    assert [(p.value, p.per) for p in strength_of("200 mg/40 mg/5 ml")] == [(200, 5), (40, 5)]
    assert [(p.value, p.per) for p in strength_of("250 mg/5 ml")] == [(250, 5)]
    assert [(p.value, p.per) for p in strength_of("20 mg/1 g")] == [(20, 0)]


def test_units_that_nobody_knows_are_none() -> None:
    assert unit_of("banana") is None
    assert unit_of("Comprimidos") is not None
    assert unit_of("µg") == unit_of("mcg")


@pytest.mark.parametrize(
    ("product", "value", "unit", "units"),
    [
        (PARACETAMOL, 1, "tableta", 1),
        (PARACETAMOL, 1, "comprimidos", 1),
        (PARACETAMOL, 1000, "mg", 2),
        (PARACETAMOL, 0.25, "g", 0.5),
        (SYRUP, 250, "mg", 5),
        (SYRUP, 20, "gotas", 1),
        (SYRUP, 1, "cucharadita", 5),
        (item("insulin-human", "100 UI/ml", "ml"), 10, "UI", 0.1),
        (item("salbutamol", "100 mcg", "inhalador"), 2, "puff", None),
        (item("amoxicillin", "250 mg/5 ml", "frasco"), 5, "ml", None),
        (item("amoxicillin", "250 mg/5 ml", "frasco"), 250, "mg", None),
        (item("amoxicillin", "según etiqueta", "cápsula"), 500, "mg", None),
        (item("salbutamol", "100 mcg", "dosis"), 1, "tableta", None),
    ],
)
def test_a_dose_is_counted_in_what_is_dispensed_or_said_not_to_be(
    product: FormularyItem, value: float, unit: str, units: float | None
) -> None:
    assert units_in(Dose(value=value, unit=unit), product) == units


def test_a_quantity_far_from_the_course_is_asked_about_and_an_uncountable_one_is_said() -> None:
    wrong = seen(course(PARACETAMOL, 1, "tableta", 1, 8, quantity=60))
    [asked] = [a for a in wrong.alerts if a.source == "quantity"]
    assert (asked.severity, asked.asks_reason) == (AlertSeverity.MODERATE, True)
    assert asked in blocking(wrong.alerts)
    bottle = item("amoxicillin", "250 mg/5 ml", "frasco")
    unknown = seen(course(bottle, 5, "ml", 1, 8, quantity=9))
    assert blocking(unknown.alerts) == ()
    assert any("cantidad" in one.text for one in unknown.unchecked)


def test_a_course_of_steps_needs_what_its_steps_need() -> None:
    prednisone = item("prednisone", "5 mg")
    [made] = lines_of([line(prednisone.code, **tapering(8, 4, 2))], Formulary.of([prednisone]))
    assert needed_of(made) == 70


def test_doses_of_other_prescriptions_in_force_add_up_to_the_most_in_a_day() -> None:
    mine, other = course(PARACETAMOL, 1, "tableta", 1, 6), course(PARACETAMOL, 2, "tableta", 1, 8)

    def told(*others: PrescriptionLine) -> list[tuple[str, tuple[int, ...]]]:
        found = findings([mine], [], [], KNOWN, body=ADULT, today=TODAY, others=others)
        return [
            (a.source, a.lines)
            for a in found.alerts
            if a.kind is AlertKind.DOSE and a.source != "quantity"
        ]

    assert told() == []
    assert told(other) == [("daily_with_others", (1,))]
    assert told(course(PARACETAMOL, 1, "tableta", 1, 12)) == []
    assert told(course(item("ibuprofen", "400 mg"), 2, "tableta", 1, 8)) == []
