"""What is done, due and late, by national schedules."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telesalud.patients.immunization.ages import span
from telesalud.patients.immunization.persons import Bar, Given, Person, Refused
from telesalud.patients.immunization.planning import Dose, Planned, plan
from telesalud.patients.immunization.schedules import COUNTRIES, Schedule, schedule_of, vaccines

BORN = date(2024, 1, 10)


def schedule(country: str) -> Schedule:
    found = schedule_of(country)
    assert found is not None
    return found


def doses(*rows: tuple[str, str]) -> tuple[Given, ...]:
    """Of (CVX code, day)."""
    return tuple(
        Given(str(n), vaccines()[code], date.fromisoformat(day), date.fromisoformat(day))
        for n, (code, day) in enumerate(rows)
    )


def child(today: str, *rows: tuple[str, str], born: date = BORN) -> Person:
    return Person(born, born, "female", date.fromisoformat(today), given=doses(*rows))


def series(country: str, person: Person, name: str) -> Planned:
    return {one.series.id: one for one in plan(schedule(country), person)}[name]


def statuses(planned: Planned) -> list[str]:
    return [dose.status for dose in planned.doses]


@pytest.mark.parametrize(
    ("text", "day"),
    [("0d", "2024-01-31"), ("6w", "2024-03-13"), ("1m", "2024-02-29"), ("1y", "2025-01-31")],
)
def test_ages_follow_the_calendar(text: str, day: str) -> None:
    assert span(text).after(date(2024, 1, 31)) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["", "2", "2 m", "-1d", "1000d", "2q"])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="length of time"):
        span(text)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2024-03-09", "upcoming"),
        ("2024-03-10", "due"),
        ("2024-04-09", "due"),
        ("2024-04-10", "late"),
    ],
)
def test_a_dose_is_due_from_its_age_and_late_a_month_later(today: str, expected: str) -> None:
    assert statuses(series("PE", child(today), "polio"))[0] == expected


def test_one_dose_of_a_combined_vaccine_counts_against_each_disease() -> None:
    person = child("2024-03-11", ("198", "2024-03-10"))
    for name, place in (("pertussis", 0), ("hib", 0), ("hepatitis_b", 1)):
        assert statuses(series("PE", person, name))[place] == "done"
    assert statuses(series("PE", person, "polio"))[0] == "due"


def test_the_dose_at_birth_that_was_missed_is_not_asked_for_later() -> None:
    person = child("2024-07-11", *[("198", f"2024-0{month}-10") for month in (3, 5, 7)])
    assert statuses(series("PE", person, "hepatitis_b")) == ["no_longer", "done", "done", "done"]


def test_a_dose_too_young_does_not_count_and_says_when_it_would_have() -> None:
    planned = series("PE", child("2025-02-06", ("03", "2025-01-09")), "measles")
    [void] = planned.void
    assert (void.fault, void.counts_from) == ("too_young", date(2025, 1, 10))
    first = planned.doses[0]
    assert (first.status, first.due_on) == ("due", date(2025, 2, 6)), "four weeks after the other"


def test_days_of_grace_count_where_the_country_has_them() -> None:
    person = child("2025-02-01", ("03", "2025-01-06"))
    assert statuses(series("CO", person, "measles"))[0] == "done"
    assert series("PE", person, "measles").void


def test_doses_too_close_to_each_other_are_repeated() -> None:
    planned = series("PE", child("2024-06-20", ("10", "2024-03-10"), ("10", "2024-04-06")), "polio")
    assert [void.fault for void in planned.void] == ["interval"]
    assert statuses(planned)[:2] == ["done", "late"]


def test_the_same_vaccine_twice_on_one_day_is_one_dose() -> None:
    planned = series("PE", child("2024-04-01", ("10", "2024-03-10"), ("10", "2024-03-10")), "polio")
    assert [void.fault for void in planned.void] == ["same_day"]


def test_live_vaccines_are_given_together_or_four_weeks_apart() -> None:
    apart = child("2025-06-01", ("03", "2025-01-10"), ("21", "2025-01-20"))
    assert [void.fault for void in series("PE", apart, "varicella").void] == ["live"]
    together = child("2025-06-01", ("03", "2025-01-10"), ("21", "2025-01-10"))
    assert statuses(series("PE", together, "varicella")) == ["done"]
    waits = child("2025-01-15", ("03", "2025-01-12"))
    assert series("PE", waits, "varicella").doses[0].due_on == date(2025, 2, 9)


def test_rotavirus_is_not_begun_too_late() -> None:
    assert statuses(series("CO", child("2024-03-15"), "rotavirus"))[0] == "due"
    late = plan(schedule("CO"), child("2024-10-01"))
    assert "rotavirus" not in {one.series.id for one in late}
    assert statuses(series("CO", child("2024-06-01"), "rotavirus")) == ["no_longer", "no_longer"]


@pytest.mark.parametrize(
    ("began", "needed"), [("2024-03-10", 3), ("2025-02-01", 2), ("2026-02-01", 1)]
)
def test_who_begins_later_needs_fewer_doses(began: str, needed: int) -> None:
    planned = series("PE", child("2026-02-15", ("133", began)), "pneumococcus")
    assert len(planned.doses) == needed


def test_a_month_on_a_card_is_believed_and_never_called_too_early() -> None:
    on_card = Given("1", vaccines()["03"], date(2025, 1, 1), date(2025, 1, 31))
    person = replace(child("2025-03-01"), given=(on_card,))
    assert statuses(series("PE", person, "measles"))[0] == "done"


def test_nothing_is_late_while_the_year_of_birth_is_all_that_is_known() -> None:
    person = Person(date(2024, 1, 1), date(2024, 12, 31), "male", date(2024, 12, 1))
    assert {status for one in plan(schedule("PE"), person) for status in statuses(one)} <= {
        "due",
        "upcoming",
        "no_longer",
    }


def test_an_adult_without_any_dose_on_record_is_not_called_late() -> None:
    person = Person(date(1990, 1, 1), date(1990, 1, 1), "male", date(2026, 12, 1))
    found = {one.series.id: statuses(one) for one in plan(schedule("BR"), person)}
    assert "late" not in {status for each in found.values() for status in each}
    assert found["tetanus-booster"] == ["due", "upcoming", "upcoming"]
    assert "tuberculosis" not in found


@pytest.mark.parametrize(
    ("days", "expected"), [(100, "upcoming"), (140, "due"), (252, "late"), (None, None)]
)
def test_pertussis_is_given_in_each_pregnancy(days: int | None, expected: str | None) -> None:
    person = Person(
        date(1995, 1, 1), date(1995, 1, 1), "female", date(2026, 12, 1), gestation_days=days
    )
    found = {one.series.id: one for one in plan(schedule("PE"), person)}
    assert ("tdap-pregnancy" in found) == (expected is not None)
    if expected:
        assert statuses(found["tdap-pregnancy"]) == [expected]
        earlier = replace(person, given=doses(("115", "2022-01-01")))
        assert statuses(series("PE", earlier, "tdap-pregnancy")) == [expected]


def test_influenza_is_due_again_each_year() -> None:
    old = Person(date(1950, 1, 1), date(1950, 1, 1), "male", date(2026, 12, 1))
    for day, expected in (("2026-04-01", ["done", "upcoming"]), ("2025-04-01", ["done", "due"])):
        person = replace(old, given=doses(("88", day)))
        assert statuses(series("PE", person, "influenza-elderly")) == expected


def test_what_the_record_says_against_a_vaccine_bars_it() -> None:
    bar = Bar("pregnant", None, "", live=True)
    person = replace(child("2025-04-01"), bars=(bar,))
    barred = series("PE", person, "measles")
    assert (statuses(barred)[0], barred.bars) == ("barred", (bar,))
    assert statuses(series("PE", person, "hib"))[0] == "late"


def test_a_refusal_stands_until_a_dose_is_given() -> None:
    no = Refused("9", vaccines()["03"], date(2025, 2, 1), "no desea")
    person = replace(child("2025-03-01"), refused=(no,))
    assert series("PE", person, "measles").refused == no
    given_since = replace(person, given=doses(("03", "2025-02-20")))
    assert series("PE", given_since, "measles").refused is None


CODES = sorted(vaccines())
HISTORIES = st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 4000)), max_size=12)


def person_of(history: Sequence[tuple[str, int]], age: int) -> Person:
    today = BORN + timedelta(days=age)
    rows = [(code, (BORN + timedelta(days=at)).isoformat()) for code, at in history if at <= age]
    return Person(BORN, BORN, "female", today, given=doses(*rows))


def done(planned: Planned) -> list[Dose]:
    return [dose for dose in planned.doses if dose.status == "done"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(COUNTRIES), HISTORIES, st.integers(0, 4000), st.integers(0, 3000))
def test_a_dose_that_counted_counts_for_ever(
    country: str, history: list[tuple[str, int]], age: int, later: int
) -> None:
    before = {one.series.id: one for one in plan(schedule(country), person_of(history, age))}
    now = person_of([row for row in history if row[1] <= age], age + later)
    after = {one.series.id: one for one in plan(schedule(country), now)}
    for name, planned in after.items():
        if name in before and not planned.series.every and not planned.series.each_pregnancy:
            known = {dose.given.entry for dose in done(before[name]) if dose.given}
            assert known <= {dose.given.entry for dose in done(planned) if dose.given}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(COUNTRIES), HISTORIES, st.integers(0, 4000), st.integers(0, 20))
def test_giving_what_is_open_never_makes_another_disease_late(
    country: str, history: list[tuple[str, int]], age: int, which: int
) -> None:
    person = person_of([row for row in history if row[1] <= age], age)
    before = {one.series.id: one for one in plan(schedule(country), person)}
    wanted = [
        one for one in before.values() if {"due", "late"} & {dose.status for dose in one.doses}
    ]
    if not wanted:
        return
    chosen = wanted[which % len(wanted)].series
    dose = Given("new", vaccines()[chosen.vaccine], person.today, person.today)
    after = plan(schedule(country), replace(person, given=(*person.given, dose)))
    late = {one.series.id for one in after if "late" in statuses(one)}
    assert late <= {name for name, one in before.items() if "late" in statuses(one)}


def test_boosters_against_tetanus_follow_three_doses_at_whatever_age() -> None:
    grown = replace(child("2040-01-10"), born=BORN)
    assert statuses(series("PE", grown, "tetanus-booster")) == ["due", "upcoming", "upcoming"]
    as_child = child("2040-01-10", *[("198", f"2024-0{month}-10") for month in (3, 5, 7)])
    assert statuses(series("PE", as_child, "tetanus-booster")) == ["due"]
    since = child(
        "2040-01-10", *[("198", f"2024-0{m}-10") for m in (3, 5, 7)], ("139", "2036-02-01")
    )
    assert statuses(series("PE", since, "tetanus-booster")) == ["done", "upcoming"]


def test_what_is_given_each_year_is_due_a_year_after_the_last_dose() -> None:
    given_late = child("2025-02-01", ("88", "2024-07-10"), ("88", "2024-12-01"))
    [yearly] = series("PE", given_late, "influenza-children").doses
    assert (yearly.status, yearly.due_on) == ("upcoming", date(2025, 12, 1))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(COUNTRIES), HISTORIES, st.integers(0, 4000))
def test_every_dose_is_counted_void_or_too_many(
    country: str, history: list[tuple[str, int]], age: int
) -> None:
    person = person_of(history, age)
    for planned in plan(schedule(country), person):
        if planned.series.every or planned.series.each_pregnancy:
            continue
        against = [g for g in person.given if planned.series.antigen in g.vaccine.antigens]
        told = len(done(planned)) + len(planned.void) + len(planned.extra)
        assert told == len(against)
        assert [dose.number for dose in planned.doses] == list(range(1, len(planned.doses) + 1))


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_series_names_a_vaccine_against_its_disease(country: str) -> None:
    for one in schedule(country).series:
        assert one.antigen in vaccines()[one.vaccine].antigens
        assert set(one.titles) == {"es", "pt", "en"}
        ages = [rule.at.after(BORN) for rule in one.doses]
        assert ages == sorted(ages)
        for rule in one.doses:
            assert rule.least.after(BORN) <= rule.at.after(BORN) <= rule.late.after(BORN)
