"""A message is read as HL7 says, and written again as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telesalud.interop.v2.delimiters import Delimiters, escape, unescape
from telesalud.interop.v2.errors import Unreadable
from telesalud.interop.v2.message import parse, path
from telesalud.interop.v2.writing import Repeated, message, segment

ADMISSION = (
    "MSH|^~\\&|HIS|HOSPITAL|TELESALUD|RED|20260301080000||ADT^A01^ADT_A01|MSG00001|P|2.5.1\r"
    "EVN|A01|20260301080000\r"
    "PID|1||90000001^^^PE^DNI~HC-77^^^HOSPITAL&1.2.3&ISO^MR||Núñez^Demostración||19800517|F\r"
    "PV1|1|I|MED^101^A\r"
    'OBX|1|FT|1^NOTA||línea uno\\.br\\línea dos \\F\\ \\S\\ \\T\\ \\R\\ \\E\\||""||||F\r'
    "OBX|2|NM|2||7\r"
)
TEXT = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), min_size=1)


def test_values_are_found_by_their_path() -> None:
    admission = parse(ADMISSION)
    assert (admission.code, admission.event, admission.control_id, admission.version) == (
        "ADT",
        "A01",
        "MSG00001",
        "2.5.1",
    )
    assert admission.get("PID-3.1") == "90000001"
    assert admission.get("PID-3[2].4.2") == "1.2.3"
    assert admission.get("PID-5") == "Núñez^Demostración"
    assert admission.get("OBX[2]-5") == "7"
    assert admission.get("MSH-1") == "|"
    assert admission.get("MSH-2") == "^~\\&"
    assert admission.get("MSH-3") == "HIS"


@pytest.mark.parametrize("where", ["PID-99", "PID-3[9].1", "ZZZ-1", "OBX[7]-5", "PID-5.9.9"])
def test_what_is_not_there_is_empty(where: str) -> None:
    assert parse(ADMISSION).get(where) == ""


def test_a_value_alone_is_its_own_first_component() -> None:
    assert parse("MSH|^~\\&|HIS\rPID|1||77").get("PID-3.1.1") == "77"


@pytest.mark.parametrize("where", ["PID", "PID-0", "pid-3", "PID-3[0]", "PID-3.0", "PID-3.1.1.1"])
def test_no_path_is_refused(where: str) -> None:
    with pytest.raises(ValueError, match="HL7 message"):
        path(where)


def test_escapes_are_read_and_deletion_is_no_value() -> None:
    note = next(parse(ADMISSION).all("OBX"))
    assert note.value(5) == "línea uno\nlínea dos | ^ & ~ \\"
    assert note.is_deleted(7)
    assert not note.is_deleted(8)


def test_hexadecimal_text_is_of_the_messages_character_set() -> None:
    assert unescape("N\\XFA\\\\XF1\\ez", Delimiters(), "iso-8859-1") == "Núñez"
    assert unescape("\\XFA\\", Delimiters(), "utf-8") == "\\XFA\\"


@pytest.mark.parametrize("text", ["\\Z12\\", "a\\b", "C:\\datos", "100\\", "\\.sk 3\\"])
def test_what_is_no_known_escape_stays_as_it_was(text: str) -> None:
    assert unescape(text, Delimiters()) == text


def test_a_message_is_written_as_it_was_received() -> None:
    assert str(parse(ADMISSION)) == ADMISSION
    other = ADMISSION.replace("|", "#").replace("^", "*")
    assert str(parse(other)) == other
    assert parse(other).get("PID-5.1") == "Núñez"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_segments_may_end_in_three_ways(end: str) -> None:
    assert len(parse(ADMISSION.replace("\r", end)).segments) == 6


def test_groups_are_a_segment_with_what_follows() -> None:
    first, second = parse(ADMISSION + "NTE|1||comentario\r").groups("OBX")
    assert [each.name for each in first] == ["OBX"]
    assert [each.name for each in second] == ["OBX", "NTE"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "PID|1",
        "MSH",
        "MSH|",
        "MSHa^~\\&a",
        "MSH|^^\\&|HIS",
        "MSH|^~\\&|HIS\rpid|1",
        "MSH|^~\\&|HIS\rtexto suelto",
        "MSH||HIS",
        "MSH|^~\\&|HIS\r" + "NTE|1\r" * 10_001,
    ],
)
def test_what_is_no_message_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text)


@given(st.one_of(TEXT, st.just("")))
def test_any_text_survives_escaping(text: str) -> None:
    assert unescape(escape(text), Delimiters()) == text


@given(st.lists(TEXT), TEXT)
def test_what_is_built_is_found_again(components: list[str], alone: str) -> None:
    head = segment("MSH", {3: "HIS"})
    head = type(head)(("MSH", "|", "^~\\&", *head.fields[3:]), head.delimiters)
    made = segment("ZZZ", {1: components, 3: Repeated(([alone], ["dos", ["a", alone]]))})
    read = parse(str(message(head, made)))
    found = next(read.all("ZZZ"))
    assert [found.value(1, number + 1) for number in range(len(components))] == components
    assert found.value(3, 1) == alone
    assert found.value(3, 2, 2, repetition=2) == alone
