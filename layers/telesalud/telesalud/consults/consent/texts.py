"""The texts that come with the product: what every country shares, and what its law adds, as data.

`words.json` has the sentences in each language, `countries.json` laws, authority and rights by ISO
3166-1 alpha-2; the empty code names no law. A sentence in brackets has a second one for when a
figure that it names is not known, and is left out without. All of them are drafts until the
institution's lawyer has confirmed them or written others.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from schemas.consents import (
    REQUIRED,
    BoxCode,
    ConsentBox,
    ConsentPolicy,
    ConsentSection,
    ConsentText,
    OwnTextBody,
)
from schemas.consults import Clinic
from telesalud.platform.consent_words import digest_of, words_of
from telesalud.platform.law import floor_of, majority_of

_HERE: Final = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Speaker:
    """Whose text it is: what the institution says of itself, and where the patient turns to."""

    policy: ConsentPolicy
    clinic: Clinic | None


def shipped(speaker: Speaker, language: str) -> ConsentText:
    """The product's text with the institution's names and figures."""
    words, country = _words()["languages"][language], _country(speaker.policy.country)
    facts = _facts(speaker, words, country)
    sections = [
        ConsentSection(heading=part["heading"], text=_said(part["sentences"], facts))
        for part in words["sections"]
    ]
    if "also" in country:
        last = sections[-1]
        more = f"{last.text} {country['also'][language]}"
        sections[-1] = last.model_copy(update={"text": more})
    code = speaker.policy.country if speaker.policy.country in _countries() else None
    return _whole(
        f"telesalud/{code or 'general'}",
        f"{_words()['version']}.{country['version']}",
        date.fromisoformat(_words()["dated"]),
        language,
        speaker,
        title=words["title"],
        sections=tuple(sections),
        labels={BoxCode(box): label for box, label in words["boxes"].items()},
        refusal=_said([words["refusal"]], facts),
        draft=True,
    )


def own(
    speaker: Speaker, language: str, number: int, dated: date, body: OwnTextBody
) -> ConsentText:
    """The institution's own words."""
    return _whole(
        f"own/{language}",
        str(number),
        dated,
        language,
        speaker,
        title=body.title,
        sections=body.sections,
        labels=body.labels,
        refusal=body.refusal,
        draft=False,
    )


def _whole(
    name: str,
    version: str,
    dated: date,
    language: str,
    speaker: Speaker,
    *,
    title: str,
    sections: tuple[ConsentSection, ...],
    labels: Mapping[BoxCode, str],
    refusal: str,
    draft: bool,
) -> ConsentText:
    boxes = tuple(
        ConsentBox(code=code, required=code in REQUIRED, label=labels[code])
        for code in BoxCode
        if code in labels
    )
    return ConsentText(
        id=name,
        version=version,
        dated=dated,
        language=language,
        country=speaker.policy.country,
        title=title,
        sections=sections,
        boxes=boxes,
        refusal=refusal,
        majority=majority_of(speaker.policy.country),
        draft=draft,
        sha256=digest_of(words_of(title, sections, boxes, refusal)),
    )


def _facts(
    speaker: Speaker, words: Mapping[str, Any], country: Mapping[str, Any]
) -> Mapping[str, str]:
    policy, clinic = speaker.policy, speaker.clinic
    rights = [words["rights"][name] for name in country["rights"]]
    least = floor_of(policy.country)
    known = {
        "controller": policy.controller or (clinic.name if clinic else None) or words["nobody"],
        "address": policy.address,
        "contact": policy.contact,
        "processor": policy.processor,
        "stored_in": policy.stored_in,
        "phone": clinic.phone if clinic else None,
        "years": str(max(policy.retention_years or least, least)),
        "laws": "; ".join(country["laws"]),
        "authority": country["authority"],
        "rights": f"{', '.join(rights[:-1])} {words['and']} {rights[-1]}",
        "majority": str(majority_of(policy.country)),
    }
    return {name: value for name, value in known.items() if value}


def _said(sentences: Sequence[str | Sequence[str]], facts: Mapping[str, str]) -> str:
    said = []
    for sentence in sentences:
        choices = [sentence] if isinstance(sentence, str) else sentence
        fits = (choice.format_map(facts) for choice in choices if _known(choice, facts))
        said.append(next(fits, ""))
    return " ".join(one[:1].upper() + one[1:] for one in said if one)


def _known(sentence: str, facts: Mapping[str, str]) -> bool:
    try:
        sentence.format_map(facts)
    except KeyError:
        return False
    return True


def _country(code: str | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _countries().get(code or "", _countries()[""])
    return found


@cache
def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((_HERE / "words.json").read_text(encoding="utf-8"))
    return found


@cache
def _countries() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((_HERE / "countries.json").read_text(encoding="utf-8"))
    return found
