"""Contracts of a clinician's own phrases and templates for notes."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.common import Contract, Line, tidy_text

MOST_PHRASES = 60
MOST_CHARACTERS = 60_000
"""Of a whole book, so that it fits one item whatever is in it."""
PhraseText = Annotated[str, StringConstraints(max_length=4000), AfterValidator(tidy_text)]


class Phrase(Contract):
    """A text under a name: for one part of a note, or a template for several."""

    name: Line = Field(max_length=60)
    text: PhraseText = ""
    """For wherever one is writing, or the narrative."""
    subjective: PhraseText = ""
    objective: PhraseText = ""
    assessment: PhraseText = ""
    plan: PhraseText = ""

    @property
    def length(self) -> int:
        """Of all its texts, in characters."""
        parts = (self.text, self.subjective, self.objective, self.assessment, self.plan)
        return sum(map(len, parts))

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.length:
            raise ValueError("say at least one text")
        return self


class PhraseBookBody(Contract):
    """All of one's phrases."""

    items: tuple[Phrase, ...] = Field(max_length=MOST_PHRASES)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        names = [item.name.casefold() for item in self.items]
        if len(set(names)) < len(names):
            raise ValueError("each name is given once")
        if sum(item.length for item in self.items) > MOST_CHARACTERS:
            raise ValueError(f"at most {MOST_CHARACTERS} characters together")
        return self


class PhraseBook(Contract):
    """All of one's phrases."""

    items: tuple[Phrase, ...]
    version: int
