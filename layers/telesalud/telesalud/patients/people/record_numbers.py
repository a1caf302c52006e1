"""The record number (MRN) that a site gives to a patient, with a check digit.

ISO/IEC 7064 MOD 11,10: one decimal check digit that finds every single wrong digit and nearly
every exchange of two neighbours, which people make when they copy a number from a card.
"""

from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from telesalud.platform.errors import FieldError, Invalid

MIN_DIGITS: Final = 8
MAX_DIGITS: Final = 16


def record_number(sequence: int) -> str:
    """The number of the `sequence`-th record of an institution (1, 2, …), check digit included."""
    if sequence < 1:
        raise ValueError("record numbers count from one")
    body = str(sequence).zfill(MIN_DIGITS - 1)
    return body + mod_11_10.calc_check_digit(body)


def check_record_number(text: str) -> str:
    """The digits of a record number typed with blanks or hyphens. Raises Invalid."""
    digits = "".join(text.replace("-", " ").split())
    if not (digits.isascii() and digits.isdigit() and MIN_DIGITS <= len(digits) <= MAX_DIGITS):
        detail = f"a record number has {MIN_DIGITS} to {MAX_DIGITS} digits"
        raise Invalid(fields=[FieldError("/record_number", "format", detail)])
    try:
        return str(mod_11_10.validate(digits))
    except ValidationError as error:
        detail = "the check digit does not match: a digit is wrong or two changed places"
        raise Invalid(fields=[FieldError("/record_number", "check-digit", detail)]) from error
