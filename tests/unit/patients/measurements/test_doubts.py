"""A value that is hardly believable is asked about before anybody doses by it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from schemas.patients import Sex
from schemas.vitals import Correction, Given, VitalsBody, VitalsQuery, VitalsSet
from telesalud.patients.measurements import recording
from telesalud.patients.summary import reading
from telesalud.platform.errors import FieldError, Invalid, StaleVersion
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import DOCTOR, Ward
from tests.worlds.world import START

UNITS = {
    "weight": "kg",
    "height": "cm",
    "head_circumference": "cm",
    "pulse": "/min",
    "respiration": "/min",
    "temperature": "Cel",
    "systolic": "mm[Hg]",
    "glucose": "mg/dL",
    "oxygen_saturation": "%",
    "peak_flow": "L/min",
    "fetal_heart_rate": "/min",
    "waist": "cm",
    "arm_circumference": "cm",
}


class Room:
    """A ward with one patient of some age."""

    def __init__(self, days: int = 40 * 365, sex: Sex = Sex.FEMALE) -> None:
        self.ward = Ward()
        born = START.date() - timedelta(days=days)
        self.patient = register(self.ward.world, subject=DOCTOR, birth_date=born, sex=sex).id

    def record(
        self, ago: int = 0, confirmed: tuple[str, ...] = (), key: str = "", **more: Any
    ) -> VitalsSet:
        named = {name: more.pop(name) for name in tuple(more) if name in UNITS}
        values = {n: Given(value=Decimal(v), unit=UNITS[n]) for n, v in named.items()}
        fields: dict[str, Any] = {"measured_at": START - timedelta(days=ago), "values": values}
        body = VitalsBody(**fields, confirmed=confirmed, **more)  # type: ignore[arg-type]  # names
        return recording.record(self.ward.services, self.ward.by(key=key), self.patient, body)

    def asked(self, **more: Any) -> FieldError:
        with pytest.raises(Invalid) as refused:
            self.record(**more)
        [fault] = refused.value.fields
        assert fault.code == "doubtful"
        return fault

    def last(self) -> dict[str, Decimal]:
        found = reading.summary(self.ward.services, self.ward.by(), self.patient).vitals
        return {one.finding.vital: one.finding.value for one in found}


def test_a_weight_twelve_times_the_last_is_asked_about_with_what_was_meant() -> None:
    room = Room(days=22 * 30)
    room.record(ago=60, weight="9.4")
    before = len(room.ward.world.store.changes)
    fault = room.asked(weight="119")
    assert fault.pointer == "/values/weight"
    params = dict(fault.params)
    assert params.pop("last_at")
    assert params == {"reason": "last", "last": 9.4, "times": 12.7, "meant": 11.9}
    assert len(room.ward.world.store.changes) == before, "nothing was kept"
    assert room.record(weight="11.9").findings[0].value == Decimal("11.9")


def test_what_somebody_confirmed_is_kept_as_it_is() -> None:
    room = Room(days=22 * 30)
    room.record(ago=60, weight="9.4")
    [finding, *_] = room.record(confirmed=("weight",), weight="119").findings
    assert (finding.value, finding.unusual) == (Decimal(119), True)


@pytest.mark.parametrize(
    ("days", "value", "meant"),
    [(22 * 30, "119", 11.9), (10, "32", 3.2), (10 * 365, "3.1", 31.0), (400, "0.95", 9.5)],
)
def test_an_unlikely_first_weight_of_a_child_is_asked_about(
    days: int, value: str, meant: float
) -> None:
    fault = Room(days=days).asked(weight=value)
    assert (fault.params["reason"], fault.params["meant"]) == ("unusual", meant)


@pytest.mark.parametrize(
    ("years", "value"), [(2, {"arm_circumference": "120"}), (8, {"waist": "300"})]
)
def test_a_child_is_asked_about_what_no_adult_has(years: int, value: dict[str, Any]) -> None:
    assert Room(days=years * 365).asked(**value).params["reason"] == "unusual"


@pytest.mark.parametrize("sex", list(Sex))
def test_what_no_child_weighs_is_asked_about_whatever_the_sex(sex: Sex) -> None:
    assert Room(days=3 * 365, sex=sex).asked(weight="60").pointer == "/values/weight"


@pytest.mark.parametrize(
    ("last", "now", "meant"),
    [
        ({"weight": "70"}, {"weight": "7"}, 70.0),
        ({"weight": "70"}, {"weight": "154"}, None),
        ({"height": "165"}, {"height": "65"}, None),
        ({"pulse": "80"}, {"pulse": "8"}, 80.0),
        ({"respiration": "12"}, {"respiration": "120"}, 12.0),
        ({"temperature": "36.5"}, {"temperature": "26.5"}, None),
        ({"glucose": "110"}, {"glucose": "11"}, 110.0),
        ({"glucose": "110"}, {"glucose": "1100"}, 110.0),
        ({"peak_flow": "400"}, {"peak_flow": "40"}, 400.0),
        ({"oxygen_saturation": "97"}, {"oxygen_saturation": "12"}, None),
        ({"fetal_heart_rate": "140"}, {"fetal_heart_rate": "45"}, None),
    ],
)
def test_values_far_from_the_last_are_asked_about(
    last: dict[str, Any], now: dict[str, Any], meant: float | None
) -> None:
    room = Room()
    room.record(ago=30, **last)
    assert room.asked(**now).params.get("meant") == meant


@pytest.mark.parametrize(
    ("last", "now"),
    [
        ({"weight": "70"}, {"weight": "66"}),
        ({"pulse": "70"}, {"pulse": "190"}),
        ({"systolic": "120"}, {"systolic": "60"}),
        ({"systolic": "120"}, {"systolic": "240"}),
        ({"respiration": "14"}, {"respiration": "40"}),
        ({"glucose": "95"}, {"glucose": "32"}),
        ({"glucose": "95"}, {"glucose": "620"}),
        ({"temperature": "36.5"}, {"temperature": "41"}),
    ],
)
def test_an_emergency_is_recorded_without_a_question(
    last: dict[str, Any], now: dict[str, Any]
) -> None:
    room = Room()
    room.record(ago=30, **last)
    assert room.record(**now).findings


def test_a_child_that_grew_as_children_do_is_not_asked_about() -> None:
    room = Room(days=365)
    room.record(ago=360, weight="3.4", height="50", head_circumference="34.5")
    made = room.record(weight="9.6", height="75", head_circumference="46")
    assert len(made.findings) == 4


def test_a_heavy_person_is_asked_once_and_not_at_every_visit() -> None:
    room = Room()
    assert room.asked(ago=30, weight="205").params["reason"] == "unusual"
    room.record(ago=30, weight="205", confirmed=("weight",))
    assert room.record(weight="208").findings[0].unusual


def test_a_wrong_set_is_replaced_in_one_step() -> None:
    room = Room(days=22 * 30)
    room.record(ago=90, weight="9.0", pulse="110")
    wrong = room.record(ago=60, weight="94", pulse="120", confirmed=("weight",))
    right = room.record(
        ago=60, weight="9.4", pulse="120", corrects=Correction(set=wrong.id, version=1)
    )
    assert right.corrects == wrong.id
    assert room.last() == {"weight": Decimal("9.4"), "pulse": Decimal(120)}
    ward = room.ward
    listed = recording.list_sets(ward.services, ward.by(), room.patient, VitalsQuery()).items
    assert {one.id: one.entered_in_error for one in listed}[wrong.id]
    with pytest.raises(StaleVersion):
        room.record(ago=60, weight="9.4", corrects=Correction(set=wrong.id, version=1))


def test_a_correction_that_leaves_a_value_out_shows_the_one_before() -> None:
    room = Room()
    room.record(ago=90, pulse="70")
    wrong = room.record(ago=60, pulse="75", weight="70")
    room.record(ago=60, weight="71", corrects=Correction(set=wrong.id, version=1))
    assert room.last() == {"weight": Decimal(71), "pulse": Decimal(70)}


def test_a_correction_survives_a_crash_at_any_step() -> None:
    wrong: dict[int, str] = {}

    def make() -> Room:
        room = Room()
        wrong[id(room)] = room.record(ago=1, weight="70").id
        return room

    def act(room: Room) -> None:
        try:
            correction = Correction(set=wrong[id(room)], version=1)
            room.record(ago=1, weight="72", corrects=correction, key="correct-once")
        except StaleVersion:
            pass  # it was done before the answer was lost

    def check(room: Room) -> None:
        assert room.last() == {"weight": Decimal(72)}

    assert crash_everywhere(make, lambda room: room.ward.world.store, act, check) > 0
