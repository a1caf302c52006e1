"""The grammar of ICD-11 codes and of the clusters that postcoordination writes.

    cluster = group *( "/" group )
    group   = stem *( "&" extension )

Source: WHO, ICD-11 Reference Guide, sections 1.3 (code structure) and 1.4 (cluster coding).
The letters I and O are not used in codes. Axis rules (which extension may refine which stem) need
data that WHO does not publish with the linearization and are not checked here.
"""

import re
from dataclasses import dataclass

from telesalud.platform.errors import FieldError, Invalid

STEM = re.compile(r"[0-9A-HJ-NP-Z][A-HJ-NP-Z][0-9][0-9A-HJ-NP-Z](?:\.[0-9A-HJ-NP-Z]{1,2})?")
EXTENSION = re.compile(r"X[A-HJ-NP-Z][0-9A-HJ-NP-Z]{2,4}(?:\.[0-9A-HJ-NP-Z]{1,2})?")

MAX_LENGTH = 250
"""Longest cluster accepted; the longest that WHO shows in its guide is below 100 characters."""


@dataclass(frozen=True, slots=True)
class Group:
    """One stem code with the extension codes that refine it."""

    stem: str
    extensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A checked cluster; a single stem code is a cluster of one group."""

    groups: tuple[Group, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code in the order written."""
        return tuple(code for group in self.groups for code in (group.stem, *group.extensions))

    def __str__(self) -> str:
        return "/".join("&".join((group.stem, *group.extensions)) for group in self.groups)


def is_stem(code: str) -> bool:
    """Whether `code` has the form of a stem code (it may still not exist)."""
    return not code.startswith("X") and STEM.fullmatch(code) is not None


def is_extension(code: str) -> bool:
    """Whether `code` has the form of an extension code (chapter X)."""
    return EXTENSION.fullmatch(code) is not None


def is_cluster(text: str) -> bool:
    """Whether `text` combines codes, well or badly."""
    return "/" in text or "&" in text


def parse_cluster(text: str) -> Cluster:
    """Check `text` against the grammar; letter case and blanks around codes do not matter.

    Raises Invalid, naming every fault with the position (1-based) of the code within the cluster.
    """
    if len(text) > MAX_LENGTH:
        raise Invalid(fields=[FieldError("", "too-long", f"at most {MAX_LENGTH} characters")])
    errors: list[FieldError] = []
    groups: list[Group] = []
    position = 0
    for group_text in text.upper().split("/"):
        codes = [code.strip() for code in group_text.split("&")]
        for index, code in enumerate(codes):
            position += 1
            fault = _fault(code, first=index == 0)
            if fault:
                errors.append(FieldError("", fault[0], f"code {position}: {fault[1]}"))
        groups.append(Group(codes[0], tuple(codes[1:])))
        repeated = {code for code in codes[1:] if code and codes[1:].count(code) > 1}
        errors.extend(
            FieldError("", "repeated-extension", f"{code} is given twice for {codes[0]}")
            for code in sorted(repeated)
        )
    if errors:
        raise Invalid("this is not a valid ICD-11 code or cluster", fields=errors)
    return Cluster(tuple(groups))


def _fault(code: str, *, first: bool) -> tuple[str, str] | None:
    if not code:
        return "missing-code", "a code is missing before or after a separator"
    if first and is_extension(code):
        return "stem-expected", f"{code} is an extension code; a group begins with a stem code"
    if first and not is_stem(code):
        return "malformed-code", f"{code} does not have the form of an ICD-11 stem code"
    if not first and is_stem(code):
        return "extension-expected", f"{code} is a stem code; join stem codes with '/', not '&'"
    if not first and not is_extension(code):
        return "malformed-code", f"{code} does not have the form of an ICD-11 extension code"
    return None
