"""HL7 v2 messages are kept, have their effect once, and are answered by HL7's rules."""

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from schemas.formulary import OrderedTest, OrderKind
from schemas.messages import MessageQuery, MessageState
from schemas.orders import (
    Comparator,
    NewResult,
    Order,
    OrderStatus,
    Priority,
    ResultStatus,
)
from schemas.prescriptions import PatientLabel
from telesalud.interop.messages import reading, receiving
from telesalud.interop.messages.services import MessageServices
from telesalud.interop.v2.message import Message, parse
from telesalud.platform.access import Role
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    InvalidTransition,
    Malformed,
    NotFound,
    Unavailable,
)
from tests.support.memory_store import Crash
from tests.worlds.world import World, call, partner, user

LAB = partner("interop.write", subject="lab-1")
STAFF = user(Role.LABORATORY)
ORDER = "01930000-0000-7000-8000-00000000aaaa"
PATIENT = "01930000-0000-7000-8000-00000000bbbb"


def oru(
    control: str = "M-1",
    values: str = "OBX|1|NM|718-7^Hemoglobina^LN||13.5|g/dL|12-16|N|||F",
    order: str = ORDER,
    **more: str,
) -> bytes:
    """A result of a laboratory."""
    born, status, charset = (
        more.get(n, d) for n, d in (("born", "19800501"), ("status", "F"), ("charset", ""))
    )
    header = f"MSH|^~\\&|LIS|LAB|TS|H|20260301||ORU^R01|{control}|P|2.5.1||||||{charset}"
    pid = f"PID|1||77||Demostración^Paciente||{born}"
    text = "\r".join(
        [header, pid, f"OBR|1|{order}|L-9|24323-8^Panel^LN" + "|" * 21 + status, values]
    )
    encoding = {"8859/1": "iso-8859-1"}.get(charset, "utf-8")
    return (text + "\r").encode(encoding)


@dataclass
class Orders:
    """One order, and what was entered for it."""

    entered: dict[str, NewResult] = field(default_factory=dict)
    refusal: Exception | None = None

    def order(self, which: str) -> Order:
        if which != ORDER:
            raise NotFound
        label = PatientLabel(
            name="Paciente Demostración Uno",
            birth_date=date(1980, 5, 1),
            record_number="H-0000001",
            language="es",
        )
        return Order(
            id=ORDER,
            patient=PATIENT,
            kind=OrderKind.LABORATORY,
            status=OrderStatus.ACTIVE,
            encounter=None,
            tests=(OrderedTest(loinc="718-7", display="Hemoglobina"),),
            priority=Priority.ROUTINE,
            reason="Control",
            result_within_hours=24,
            patient_label=label,
            created_at=datetime(2026, 3, 1, tzinfo=UTC),
            created_by="user-1",
            version=3,
        )

    def enter_result(self, order: Order, new: NewResult, key: str) -> None:
        assert order.version == 3
        if self.refusal is not None:
            raise self.refusal
        assert self.entered.get(key, new) == new
        self.entered[key] = new


@dataclass
class Hospital:
    """A laboratory's system that sends, and the store of its messages."""

    world: World = field(default_factory=lambda: World(context="interop"))
    orders: Orders = field(default_factory=Orders)

    @property
    def services(self) -> MessageServices:
        """Those of a cold process."""
        own = self.world.services
        return MessageServices(own.store, own.vault, own.clock, own.new_id, self.orders)

    def send(self, data: bytes) -> Message:
        """The acknowledgement."""
        return parse(receiving.receive(self.services, call(LAB), data).acknowledgement)

    def states(self) -> list[MessageState]:
        """Of all messages, oldest first."""
        page = reading.page(self.services, call(STAFF), MessageQuery())
        return [line.state for line in reversed(page.items)]

    def result(self) -> NewResult:
        """The only one that was entered."""
        (result,) = self.orders.entered.values()
        return result


def said(answer: Message) -> tuple[str, str, str]:
    """MSA-1, the code of table 0357, and where."""
    return answer.get("MSA-1"), answer.get("ERR-3.1"), answer.get("ERR-2")


def test_a_result_comes_to_its_order_and_is_accepted() -> None:
    lab = Hospital()
    answer = lab.send(oru())
    assert (answer.get("MSA-1"), answer.get("MSA-2")) == ("AA", "M-1")
    assert (answer.get("MSH-3"), answer.get("MSH-5")) == ("TS", "LIS")
    (value,) = lab.result().observations
    assert (value.loinc, value.value, value.unit, value.low, value.high) == (
        "718-7",
        13.5,
        "g/dL",
        12.0,
        16.0,
    )
    assert lab.states() == [MessageState.SENT]


@pytest.mark.parametrize(
    ("obx", "expected"),
    [
        ("OBX|1|SN|A^B||<^0.05|mg/L|||||F", (0.05, Comparator.BELOW, None)),
        ("OBX|1|SN|A^B||^7|mg/L|||||F", (7.0, None, None)),
        ("OBX|1|ST|A^B||Negativo||||||F", (None, None, "Negativo")),
        ("OBX|1|CWE|A^B||10828004^Positivo^SCT||||||F", (None, None, "Positivo")),
        ("OBX|1|TX|A^B||uno~dos||||||F", (None, None, "uno\ndos")),
        ("OBX|1|SN|A^B||^1^:^40||||||F", (None, None, "1:40")),
    ],
)
def test_values_are_kept_as_what_they_are(obx: str, expected: tuple[object, ...]) -> None:
    lab = Hospital()
    assert lab.send(oru(values=obx)).get("MSA-1") == "AA"
    (value,) = lab.result().observations
    assert (value.value, value.comparator, value.text) == expected


@pytest.mark.parametrize(
    ("code", "status"), [("P", "preliminary"), ("C", "corrected"), ("", "final")]
)
def test_the_status_is_that_of_obr_25(code: str, status: str) -> None:
    lab = Hospital()
    lab.send(oru(status=code))
    assert lab.result().status is ResultStatus(status)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (oru().replace(b"ORU^R01", b"ADT^A60"), ("AR", "200", "MSH^1^9^1")),
        (oru().replace(b"|2.5.1|", b"|9.9|"), ("AR", "203", "MSH^1^12^1")),
        (oru(control=""), ("AE", "101", "MSH^1^10^1")),
        (oru(order=""), ("AE", "101", "OBR^1^2^1")),
        (oru(order="12345"), ("AE", "204", "OBR^1^2^1")),
        (oru(order=ORDER.replace("aaaa", "ffff")), ("AE", "204", "OBR^1^2^1")),
        (oru(born="19810501"), ("AE", "204", "OBR^1^2^1")),
        (oru(values="OBX|1|NM|A^B||doce|g/dL|||||F"), ("AE", "102", "OBX^1^5^1")),
        (oru(values="OBX|1|ED|A^B||x||||||F"), ("AE", "103", "OBX^1^2^1")),
        (oru(values="OBX|1|NM|A^B||1|g/dL|||||Z"), ("AE", "103", "OBX^1^11^1")),
        (oru(charset="KLINGON"), ("AR", "100", "MSH^1^18^1")),
    ],
)
def test_what_can_never_be_right_is_refused_with_code_and_place_and_kept(
    data: bytes, expected: tuple[str, str, str]
) -> None:
    lab = Hospital()
    assert said(lab.send(data)) == expected
    assert lab.orders.entered == {}
    (state,) = lab.states()
    assert state in (MessageState.ERROR, MessageState.FILTERED)


def test_a_passing_failure_is_ar_207_and_the_message_sent_again_has_its_effect() -> None:
    lab = Hospital()
    lab.orders.refusal = Unavailable()
    assert said(lab.send(oru()))[:2] == ("AR", "207")
    assert lab.states() == [MessageState.PENDING]
    lab.orders.refusal = None
    assert lab.send(oru()).get("MSA-1") == "AA"
    assert lab.states() == [MessageState.SENT]


def test_the_same_message_has_one_effect_and_another_under_its_id_is_a_duplicate_key() -> None:
    lab = Hospital()
    first = receiving.receive(lab.services, call(LAB), oru())
    again = receiving.receive(lab.services, call(LAB), oru())
    assert again == first
    assert len(lab.orders.entered) == 1
    other = oru(values="OBX|1|NM|718-7^Hemoglobina^LN||9.9|g/dL|||||F")
    assert said(lab.send(other))[:2] == ("AE", "205")
    assert lab.result().observations[0].value == 13.5


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_crash_anywhere_leaves_one_effect_once_the_sender_sends_again(
    step: int, *, after: bool
) -> None:
    lab = Hospital()
    setattr(lab.world.store.faults, "after" if after else "before", step)
    with contextlib.suppress(Crash):
        lab.send(oru())
    lab.world.store.faults.before = lab.world.store.faults.after = 0
    assert lab.send(oru()).get("MSA-1") == "AA"
    assert len(lab.orders.entered) == 1
    assert lab.states() == [MessageState.SENT]


def test_a_name_in_latin_1_is_kept_as_it_was_meant() -> None:
    lab = Hospital()
    value = "OBX|1|ST|A^B||Próxima||||||F"
    assert lab.send(oru(values=value, charset="8859/1")).get("MSA-1") == "AA"
    assert lab.result().observations[0].text == "Próxima"


def test_enhanced_mode_gets_an_accept_acknowledgement_only_where_it_asks_for_one() -> None:
    lab = Hospital()
    asks = oru().replace(b"|P|2.5.1||||||", b"|P|2.5.1|||AL|NE||")
    assert lab.send(asks).get("MSA-1") == "CA"
    silent = oru("M-2").replace(b"|P|2.5.1||||||", b"|P|2.5.1|||NE|NE||")
    assert receiving.receive(lab.services, call(LAB), silent).acknowledgement == ""


def test_an_answer_is_never_answered() -> None:
    lab = Hospital()
    ack = b"MSH|^~\\&|LIS|LAB|TS|H|2026||ACK|M-9|P|2.5.1\rMSA|AA|X\r"
    assert receiving.receive(lab.services, call(LAB), ack).acknowledgement == ""
    assert lab.states() == []


@pytest.mark.parametrize("data", [b"", b"\x00" * 10, b"GET / HTTP/1.1", b"PID|1\r"])
def test_bytes_without_a_header_are_no_message(data: bytes) -> None:
    lab = Hospital()
    with pytest.raises(Malformed):
        receiving.receive(lab.services, call(LAB), data)


@pytest.mark.parametrize("cut", range(3, len(oru()) - 1))
def test_a_message_cut_anywhere_never_enters_half_a_number(cut: int) -> None:
    lab = Hospital()
    whole = oru(values="OBX|1|NM|718-7^Hemoglobina^LN||13.5|g/dL|12-16|N|||F")
    with contextlib.suppress(Malformed):
        receiving.receive(lab.services, call(LAB), whole[:cut])
    for result in lab.orders.entered.values():
        assert result.observations[0].value == 13.5


def test_an_error_waits_for_people_who_have_it_take_effect_later() -> None:
    lab = Hospital()
    lab.orders.refusal = InvalidTransition("draft", "resulted")
    assert said(lab.send(oru()))[0] == "AE"
    page = reading.page(lab.services, call(STAFF), MessageQuery(state=MessageState.ERROR))
    (line,) = page.items
    assert line.code == "207"
    lab.orders.refusal = None
    receiving.again(lab.services, call(STAFF), line.id)
    assert lab.states() == [MessageState.SENT]
    with pytest.raises(Conflict):
        receiving.again(lab.services, call(STAFF), line.id)
    assert "Demostración" in reading.read(lab.services, call(STAFF), line.id).raw


def test_who_may_not_read_messages_does_not() -> None:
    lab = Hospital()
    lab.send(oru())
    with pytest.raises(Forbidden):
        receiving.receive(lab.services, call(partner("interop.read")), oru())
    admin = call(user(Role.ADMINISTRATOR))
    (line,) = reading.page(lab.services, admin, MessageQuery()).items
    assert "Demostración" not in line.model_dump_json()
    with pytest.raises(Forbidden):
        reading.read(lab.services, admin, line.id)


def test_a_dry_run_shows_what_would_be_entered_and_enters_nothing() -> None:
    text = oru().decode()
    tried = receiving.dry_run(call(STAFF), text)
    assert (tried.code, tried.steps[0].order) == ("AA", ORDER)
    wrong = receiving.dry_run(call(STAFF), text.replace("13.5", "doce"))
    assert (wrong.code, wrong.location) == ("AE", "OBX[1]-5")
