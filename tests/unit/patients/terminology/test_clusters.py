"""ICD-11 clusters follow WHO's grammar, and a broken one says where it is broken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telesalud.patients.terminology.clusters import (
    EXTENSION,
    MAX_LENGTH,
    STEM,
    is_extension,
    is_stem,
    parse_cluster,
)
from telesalud.platform.errors import Invalid

stems = st.from_regex(STEM, fullmatch=True).filter(lambda code: not code.startswith("X"))
extensions = st.from_regex(EXTENSION, fullmatch=True)
groups = st.tuples(stems, st.lists(extensions, max_size=3, unique=True))


@settings(deadline=None)
@given(st.lists(groups, min_size=1, max_size=4))
def test_what_the_grammar_generates_is_accepted_and_written_back(
    parts: list[tuple[str, list[str]]],
) -> None:
    text = "/".join("&".join([stem, *refined]) for stem, refined in parts)
    cluster = parse_cluster(text.lower())
    assert str(cluster) == text
    assert [(g.stem, list(g.extensions)) for g in cluster.groups] == parts


@settings(deadline=None)
@given(st.text(alphabet="15AOX.&/ Z", max_size=40))
def test_any_other_text_is_refused_with_reasons_or_round_trips(text: str) -> None:
    try:
        cluster = parse_cluster(text)
    except Invalid as refusal:
        reasons = refusal.fields
    else:
        reasons = ()
        assert parse_cluster(str(cluster)) == cluster
        assert all(is_stem(code) or is_extension(code) for code in cluster.codes)
    well_formed = all(map(_is_group, text.upper().split("/")))
    assert well_formed == (not reasons)


def _is_group(text: str) -> bool:
    stem, *refined = (code.strip() for code in text.split("&"))
    return is_stem(stem) and all(map(is_extension, refined)) and len({*refined}) == len(refined)


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("", "missing-code", "code 1"),
        ("5A11&", "missing-code", "code 2"),
        ("5A11//BA00", "missing-code", "code 2"),
        ("XS25", "stem-expected", "XS25 is an extension code"),
        ("5A11/XS25", "stem-expected", "code 2"),
        ("5A11&BA00", "extension-expected", "join stem codes with '/'"),
        ("5A1I", "malformed-code", "5A1I does not have the form"),
        ("5A11&XO", "malformed-code", "XO does not have the form"),
        ("5A11&XS25&XS25", "repeated-extension", "XS25 is given twice"),
    ],
)
def test_a_broken_cluster_says_what_is_wrong(text: str, code: str, detail: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_cluster(text)
    assert refusal.value.fields[0].code == code
    assert detail in refusal.value.fields[0].detail


def test_an_endless_cluster_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        parse_cluster("/".join(["5A11"] * MAX_LENGTH))
    assert refusal.value.fields[0].code == "too-long"
