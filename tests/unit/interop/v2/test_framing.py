"""Frames are found however the bytes arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telesalud.interop.v2.framing import BrokenFrame, Frames, framed

MESSAGES = (b"MSH|^~\\&|A\rPID|1\r", b"", "MSH|^~\\&|Núñez\r".encode())


@given(st.lists(st.integers(1, 7), min_size=1), st.sampled_from([b"", b"\r", b"\n", b"  \x00"]))
def test_frames_arrive_in_every_possible_cut(cuts: list[int], between: bytes) -> None:
    stream = between.join(framed(each) for each in MESSAGES) + between
    frames, at = Frames(), 0
    found: list[bytes] = []
    while at < len(stream):
        step = cuts[len(found) % len(cuts)]
        found += frames.feed(stream[at : at + step])
        at += step
    assert tuple(found) == MESSAGES
    assert not frames.inside


def test_two_frames_in_one_portion_are_two_messages() -> None:
    assert Frames().feed(framed(b"uno") + framed(b"dos")) == [b"uno", b"dos"]


def test_a_message_that_has_not_ended_is_not_given() -> None:
    frames = Frames()
    assert frames.feed(b"\x0bMSH|medio") == []
    assert frames.inside
    assert frames.feed(b" mensaje\x1c") == []
    assert frames.feed(b"\r") == [b"MSH|medio mensaje"]


@pytest.mark.parametrize("data", [b"MSH|sin marco", b"\x0bMSH\x0bMSH\x1c\r", b"GET / HTTP/1.1\r\n"])
def test_a_stream_that_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenFrame):
        Frames().feed(data)


@pytest.mark.parametrize("end", [b"", b"\x1c\r"])
def test_a_message_without_end_is_refused_before_it_fills_the_memory(end: bytes) -> None:
    with pytest.raises(BrokenFrame):
        Frames(largest=10).feed(b"\x0b" + b"x" * 11 + end)
    assert Frames(largest=10).feed(b"\x0b" + b"x" * 10 + b"\x1c\r") == [b"x" * 10]


def test_what_was_whole_before_a_broken_frame_is_given_first() -> None:
    frames = Frames()
    assert frames.feed(framed(b"uno") + b"basura") == [b"uno"]
    with pytest.raises(BrokenFrame):
        frames.feed(b"")


def test_a_message_that_holds_a_frame_is_not_sent() -> None:
    with pytest.raises(ValueError, match="frame"):
        framed(b"MSH\x1c\r")
