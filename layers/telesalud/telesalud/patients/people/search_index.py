"""How people are found by the beginnings of their names without storing a readable name.

For each word of a name (folded: no accents, case or particles) there is one posting, and for each
unordered pair of words another. A posting's partition is a keyed hash of the first two letters
(of both words, for a pair); its sort key is a chain of short keyed hashes of the first three,
four, … eight letters, followed by the patient's id. So the patients with a word that begins with
`mari` are one range of one partition:

    NAME#<tenant>#H("ma")         / h("mar") h("mari") h("maria") #<patient>
    NAME#<tenant>#H("ga", "ma")   / h("gar", "mar") h("garc", "mari") … #<patient>

A search for several words takes the pair whose shorter word is longest, which narrows `mar gar`
to the few who have both, and checks the other words and letters against the words of the name,
which each posting carries sealed. Every search is one query for postings and one read of the
patients, whatever the number of patients; a page is cut at a sort key, so common prefixes page.

A name of n words has n(n+1)/2 postings: 3 for two words, 10 for four, 36 for eight; of longer
names, words beyond the eighth have one each, and who searches for a pair that is not there is
answered by its longer word. That is paid at registration and when a name changes. What the table's
reader learns is which patients share a prefix hash, never which prefix.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from telesalud.patients.people import names

Hash = Callable[[str], str]
"""Keyed hash of a text, 32 hexadecimal digits."""

FIRST: Final = 2
"""Letters that choose the partition: the shortest prefix that can be searched for."""
DEEPEST: Final = 8
_LINK: Final = 6
"""Hexadecimal digits of each link of a chain (24 bits); what collides is filtered out."""
MOST_PAIRED: Final = 8
MOST_WORDS: Final = 14
"""So that a name can change within one transaction of the store."""


class Posting(NamedTuple):
    """Where a posting lives, apart from its tenant and its patient."""

    partition: str
    chain: str


class Plan(NamedTuple):
    """How a search is answered."""

    partition: str
    prefix: str
    """What the sort keys start with."""
    exact: bool
    """Whether the range holds (hash collisions apart) only what was asked for."""
    cuts: tuple[str, ...]
    """The beginnings that the range stands for, all of one length."""


def words_of(parts: Iterable[str | None]) -> list[str]:
    """The distinct words of a name, then what words with an apostrophe are also called by."""
    given = [part for part in parts if part]
    words = [word for part in given for word in names.tokens(part)]
    words += [word for part in given for word in names.variants(part)]
    return list(dict.fromkeys(words))[:MOST_WORDS]


def postings(words: Sequence[str], hashed: Hash) -> list[Posting]:
    """All postings of a name."""
    telling = [word for word in words if len(word) >= FIRST]
    groups = [*combinations(telling, 1), *combinations(telling[:MOST_PAIRED], 2)]
    # Words that begin alike may share a posting.
    every = (
        Posting(_partition(group, hashed), _chain(group, min(map(len, group)), hashed))
        for group in groups
    )
    return list(dict.fromkeys(every))


def plan(prefixes: Sequence[str], hashed: Hash, *, pairs: bool = True) -> Plan | None:
    """The range to read for these prefixes; None when all are shorter than FIRST letters."""
    telling = [prefix for prefix in prefixes if len(prefix) >= FIRST]
    if not telling:
        return None
    group = sorted(telling, key=len, reverse=True)[: 2 if pairs else 1]
    depth = min(DEEPEST, *map(len, group))
    exact = len(prefixes) == len(group) and all(len(prefix) == depth for prefix in group)
    cuts = _cuts(group, depth)
    return Plan(_partition(group, hashed), _chain(group, depth, hashed), exact, cuts)


def is_first(words: Sequence[str], asked: Plan, chain: str, hashed: Hash) -> bool:
    """Whether this is the first of a patient's postings in the range that was asked for.

    Somebody with two words that begin alike has several; they are found once, on one page.
    """
    depth = len(asked.cuts[0])
    telling = [word for word in words if len(word) >= FIRST]
    of_these = telling if len(asked.cuts) == 1 else telling[:MOST_PAIRED]
    groups = [g for g in combinations(of_these, len(asked.cuts)) if _cuts(g, depth) == asked.cuts]
    if len(groups) < 2:
        return True
    return chain == min(_chain(group, min(map(len, group)), hashed) for group in groups)


def prefixes_in(text: str) -> list[str]:
    """The distinct beginnings of names in what somebody typed."""
    return list(dict.fromkeys(names.tokens(text)))


def telling(prefixes: Sequence[str]) -> list[str]:
    """Those that are looked up; single letters are compared with the name itself."""
    return [prefix for prefix in prefixes if len(prefix) >= FIRST]


def matches(words: Sequence[str], prefixes: Sequence[str]) -> bool:
    """Whether every prefix begins a word of its own.

    Taking the longest prefix first is optimal, because prefixes of one word are nested.
    """
    left = list(words)
    for prefix in sorted(prefixes, key=len, reverse=True):
        word = next((word for word in left if word.startswith(prefix)), None)
        if word is None:
            return False
        left.remove(word)
    return True


def _partition(group: Sequence[str], hashed: Hash) -> str:
    return hashed(" ".join(_cuts(group, FIRST)))


def _chain(group: Sequence[str], depth: int, hashed: Hash) -> str:
    lengths = range(FIRST + 1, min(depth, DEEPEST) + 1)
    return "".join(hashed(" ".join(_cuts(group, length)))[:_LINK] for length in lengths)


def _cuts(group: Sequence[str], length: int) -> tuple[str, ...]:
    return tuple(sorted(word[:length] for word in group))
