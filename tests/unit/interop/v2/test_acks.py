"""Acknowledgements follow HL7 to the letter."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from telesalud.interop.v2.acks import Outcome, acknowledge, outcome
from telesalud.interop.v2.errors import Missing, Rejected, WrongType
from telesalud.interop.v2.message import Message, parse

AT, LIMA = datetime(2026, 3, 1, 13, 0, tzinfo=UTC), ZoneInfo("America/Lima")


def received(version: str = "2.5.1", enhanced: str = "", kind: str = "ADT^A01") -> Message:
    return parse(f"MSH|^~\\&|HIS|HOSP|TS|RED|2026||{kind}|M-1|T|{version}|||{enhanced}\rPID|1\r")


def answer(message: Message, refusal: Rejected | None = None) -> Message:
    made = acknowledge(message, "A-1", AT, LIMA, refusal)
    assert made is not None
    return parse(str(made))


def test_the_answer_goes_back_the_way_the_message_came() -> None:
    ack = answer(received())
    assert [ack.get(f"MSH-{n}") for n in (3, 4, 5, 6)] == ["TS", "RED", "HIS", "HOSP"]
    assert ack.get("MSH-7") == "20260301080000-0500"
    assert ack.get("MSH-9") == "ACK^A01^ACK"
    assert (ack.get("MSH-10"), ack.get("MSH-11"), ack.get("MSH-12")) == ("A-1", "T", "2.5.1")
    assert (ack.get("MSA-1"), ack.get("MSA-2")) == ("AA", "M-1")


def test_a_refusal_says_where_and_why() -> None:
    ack = answer(received(), Missing("a patient needs an identifier", "PID-3[2].1"))
    assert ack.get("MSA-1") == "AE"
    assert ack.get("ERR-2") == "PID^1^3^2^1"
    assert ack.get("ERR-3") == "101^a patient needs an identifier^HL70357"
    assert ack.get("ERR-4") == "E"
    assert answer(received(), WrongType("ADT^A60 is not taken", "MSH-9")).get("MSA-1") == "AR"


def test_an_older_sender_gets_the_older_error_segment() -> None:
    ack = answer(received("2.3"), Missing("no identifier", "PID-3"))
    assert ack.get("ERR-1") == "PID^1^3^101&no identifier&HL70357"


@pytest.mark.parametrize(
    ("conditions", "good", "bad"),
    [
        ("AL", "CA", "CE"),
        ("NE", None, None),
        ("ER", None, "CE"),
        ("SU", "CA", None),
        ("|AL", None, None),
    ],
)
def test_enhanced_mode_answers_as_the_sender_asked(
    conditions: str, good: str | None, bad: str | None
) -> None:
    message = received(enhanced=conditions)
    for refusal, code in ((None, good), (Missing("no identifier"), bad)):
        made = acknowledge(message, "A-1", AT, LIMA, refusal)
        assert (made and made.get("MSA-1")) == code


@pytest.mark.parametrize(
    "text", ["MSH|^~\\&|||||||ACK|1|P|2.5\r", "MSH|^~\\&|||||||ADT^A01|1\rMSA|AA|1\r"]
)
def test_an_acknowledgement_is_never_answered(text: str) -> None:
    assert acknowledge(parse(text), "A-1", AT, LIMA) is None


@pytest.mark.parametrize(
    ("code", "control", "meaning"),
    [
        ("AA", "M-1", Outcome.TAKEN),
        ("CA", "M-1", Outcome.TAKEN),
        ("AE", "M-1", Outcome.FAILED),
        ("CE", "M-1", Outcome.FAILED),
        ("AR", "M-1", Outcome.REFUSED),
        ("CR", "M-1", Outcome.REFUSED),
        ("XX", "M-1", Outcome.FAILED),
        ("AA", "M-2", Outcome.FOREIGN),
        ("AA", "", Outcome.FOREIGN),
    ],
)
def test_what_a_receiver_answers_means(code: str, control: str, meaning: Outcome) -> None:
    reply = parse(f"MSH|^~\\&|||||||ACK\rMSA|{code}|{control}\r")
    assert outcome(received(), reply) is meaning


def test_an_answer_without_msa_is_no_answer() -> None:
    assert outcome(received(), parse("MSH|^~\\&|||||||ACK\r")) is Outcome.FOREIGN
