"""The exact words of a consent, as plain text, and what identifies them.

Both sides make them of the same parts: consults, where somebody accepts, and the record, which
checks what it is handed. Printed and typed again, they give the same hash.
"""

import hashlib

from schemas.consents import ConsentBox, ConsentSection, ConsentText


def words_of(
    title: str,
    sections: tuple[ConsentSection, ...],
    boxes: tuple[ConsentBox, ...],
    refusal: str,
) -> str:
    """Title, sections, boxes and what a refusal means, with an empty line between them."""
    parts = [title]
    parts += [f"{section.heading}\n{section.text}" for section in sections]
    parts += ["\n".join(f"[ ] {box.label}" for box in boxes), refusal]
    return "\n\n".join(parts)


def digest_of(words: str) -> str:
    """SHA-256 in hex of the words' UTF-8."""
    return hashlib.sha256(words.encode()).hexdigest()


def printed(text: ConsentText) -> str:
    """A text's words."""
    return words_of(text.title, text.sections, text.boxes, text.refusal)


def is_whole(text: ConsentText) -> bool:
    """Whether the text has the words that its hash names."""
    return digest_of(printed(text)) == text.sha256
