"""Identity documents of persons, by issuing country and kind.

Where a check digit is public it is verified, by python-stdnum where that library knows it. For the
other documents only their published format is checked. The canonical form is upper case and has no
separators (but Panama's has), so that the same document typed in two ways is equal.

Sources of what is not in the library: Brazil, CNS (Ministério da Saúde, modulus 11 with weights
15..1); Uruguay, cédula (weights 2 9 8 7 6 3 4, modulus 10); El Salvador, DUI (weights 9..2,
modulus 10); Guatemala, CUI (weights 2..9, modulus 11; RENAP); passports, ICAO Doc 9303 part 4
(document number of up to nine letters and digits).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Final, Literal

from stdnum.exceptions import InvalidChecksum, ValidationError

from telesalud.platform.errors import FieldError, Invalid

Canonical = Callable[[str], str]
FhirType = Literal["NI", "PPN", "PRC", "TAX", "HC", "BCT", "U"]
_SEPARATORS = re.compile(r"[\s.\-/]+")


class _WrongCheckDigitError(ValueError):
    """The number has the right form, but its check digit says that it was mistyped."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document. `fhir_type` is of HL7 table 0203, `checked` tells of a check digit."""

    country: str
    code: str
    fhir_type: FhirType
    checked: bool
    canonical: Canonical


@dataclass(frozen=True, slots=True)
class Document:
    """A document whose number has been checked; `number` is canonical."""

    country: str
    kind: str
    number: str


def check_document(country: str, kind: str, number: str) -> Document:
    """The canonical form of a document.

    `country` is ISO 3166-1 alpha-2. Raises Invalid, naming the field: unknown country and kind,
    wrong format or wrong check digit.
    """
    country, kind = country.strip().upper(), kind.strip().upper()
    known = find_kind(country, kind)
    if known is None:
        detail = f"no document {kind!r} is known for {country!r}"
        raise Invalid(fields=[FieldError("/type", "unknown-document", detail)])
    try:
        return Document(country, kind, known.canonical(number))
    except (_WrongCheckDigitError, InvalidChecksum) as error:
        detail = "the check digit does not match: a digit is wrong or two changed places"
        raise Invalid(fields=[FieldError("/number", "check-digit", detail)]) from error
    except (ValueError, ValidationError) as error:
        detail = f"this does not have the form of a {kind} of {country}"
        raise Invalid(fields=[FieldError("/number", "format", detail)]) from error


def find_kind(country: str, kind: str) -> Kind | None:
    """The rules of a document; passports and `OTHER` exist for every country."""
    found = _KINDS.get((country, kind))
    if found is None and kind in _EVERYWHERE and re.fullmatch("[A-Z]{2}", country):
        fhir_type, canonical = _EVERYWHERE[kind]
        return Kind(country, kind, fhir_type, checked=False, canonical=canonical)
    return found


def _compact(text: str) -> str:
    return _SEPARATORS.sub("", text).upper()


def _pattern(expression: str) -> Canonical:
    compiled = re.compile(expression, re.ASCII)

    def canonical(text: str) -> str:
        number = _compact(text)
        if not compiled.fullmatch(number):
            raise ValueError("format")
        return number

    return canonical


def _library(module: str) -> Canonical:
    def canonical(text: str) -> str:
        # Imported on first use: a function needs the rules of one country, not of forty.
        rules: ModuleType = import_module(f"stdnum.{module}")
        return str(rules.validate(_compact(text)))

    return canonical


def _dni_pe(text: str) -> str:
    """The eight digits; the check character printed beside them is verified and left out."""
    return _library("pe.cui")(text)[:8]


def _cpf(text: str) -> str:
    """One digit eleven times passes the check digits and is never given to anybody."""
    number = _library("br.cpf")(text)
    if len(set(number)) == 1:
        raise ValueError("format")
    return number


def _curp(text: str) -> str:
    """Since 2022 the letter of the sex may be X (RENAPO); the library knows H and M only."""
    number = _compact(text)
    if number[10:11] != "X":
        return _library("mx.curp")(number)
    from stdnum.mx import curp  # noqa: PLC0415  # as in `_library`

    same = number[:10] + "H" + number[11:17]
    curp.validate(same + curp.calc_check_digit(same))
    if curp.calc_check_digit(number[:17]) != number[17:]:
        raise _WrongCheckDigitError
    return number


def _cedula_pa(text: str) -> str:
    """Province, book and entry; the hyphens stay, because without them two numbers can be equal."""
    parts = _CEDULA_PA.fullmatch("".join(text.split()).upper())
    if parts is None:
        raise ValueError("format")
    province, book, entry = parts.groups()
    return f"{province.lstrip('0')}-{int(book)}-{int(entry)}"


_CEDULA_PA: Final = re.compile(
    r"(PE|E|N|(?:0?[1-9]|1[0-3])(?:AV|PI)?)-(\d{1,4})-(\d{1,6})", re.ASCII
)


def _weighted(form: str, verdict: Callable[[list[int]], bool]) -> Canonical:
    shape = _pattern(form)

    def canonical(text: str) -> str:
        number = shape(text)
        if not verdict([int(digit) for digit in number]):
            raise _WrongCheckDigitError
        return number

    return canonical


def _sum(digits: list[int], weights: range | tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def _ci_uy(text: str) -> str:
    """Early cédulas have six digits before the check digit; they are written with a zero."""
    return _CI_UY(_pattern(r"\d{7,8}")(text).zfill(8))


_CI_UY: Final = _weighted(
    r"\d{8}", lambda d: -_sum(d, (2, 9, 8, 7, 6, 3, 4)) % 10 == d[7] and any(d)
)
_CNS_BR: Final = _weighted(r"[12789]\d{14}", lambda d: _sum(d, range(15, 0, -1)) % 11 == 0)
_DUI_SV: Final = _weighted(r"\d{9}", lambda d: -_sum(d, range(9, 1, -1)) % 10 == d[8] and any(d))
_CUI_GT: Final = _weighted(
    r"\d{9}(?:0[1-9]|1\d|2[0-2])(?!00)\d\d", lambda d: _sum(d[:8], range(2, 10)) % 11 == d[8]
)

_EVERYWHERE: Final[Mapping[str, tuple[FhirType, Canonical]]] = {
    "PASSPORT": ("PPN", _pattern(r"[A-Z0-9]{5,9}")),
    "BIRTH_CERTIFICATE": ("BCT", _pattern(r"[A-Z0-9]{4,24}")),
    "OTHER": ("U", _pattern(r"[A-Z0-9]{3,24}")),
}

KINDS: Final = (
    Kind("AR", "DNI", "NI", False, _library("ar.dni")),
    Kind("AR", "CUIL", "TAX", True, _library("ar.cuit")),
    Kind("BO", "CI", "NI", False, _pattern(r"\d{5,8}(?:\d[A-Z])?")),
    Kind("BR", "CPF", "NI", True, _cpf),
    Kind("BR", "CNS", "HC", True, _CNS_BR),
    Kind("CL", "RUN", "NI", True, _library("cl.rut")),
    Kind("CO", "CC", "NI", False, _pattern(r"[1-9]\d{4,9}")),
    Kind("CO", "TI", "NI", False, _pattern(r"\d{10,11}")),
    Kind("CO", "CE", "PRC", False, _pattern(r"[A-Z0-9]{3,10}")),
    Kind("CO", "RC", "BCT", False, _pattern(r"[A-Z0-9]{8,11}")),
    Kind("CO", "CN", "BCT", False, _pattern(r"[A-Z0-9]{8,15}")),
    Kind("CO", "PPT", "PRC", False, _pattern(r"\d{6,8}")),
    Kind("CO", "PEP", "PRC", False, _pattern(r"\d{15}")),
    Kind("CO", "SC", "PRC", False, _pattern(r"[A-Z0-9]{7,16}")),
    Kind("CO", "CD", "PRC", False, _pattern(r"[A-Z0-9]{3,11}")),
    Kind("CO", "DE", "U", False, _pattern(r"[A-Z0-9]{3,20}")),
    Kind("CO", "AS", "U", False, _pattern(r"[A-Z0-9]{5,14}")),
    Kind("CO", "MS", "U", False, _pattern(r"[A-Z0-9]{5,14}")),
    Kind("CR", "CEDULA", "NI", False, _library("cr.cpf")),
    Kind("CR", "DIMEX", "PRC", False, _pattern(r"1\d{10,11}")),
    Kind("CU", "CI", "NI", False, _library("cu.ni")),
    Kind("DO", "CEDULA", "NI", True, _library("do.cedula")),
    Kind("EC", "CI", "NI", True, _library("ec.ci")),
    Kind("ES", "DNI", "NI", True, _library("es.dni")),
    Kind("ES", "NIE", "PRC", True, _library("es.nie")),
    Kind("GT", "CUI", "NI", True, _CUI_GT),
    Kind("HN", "DNI", "NI", False, _pattern(r"(?:0[1-9]|1[0-8])\d{11}")),
    Kind("MX", "CURP", "NI", True, _curp),
    Kind("NI", "CEDULA", "NI", False, _pattern(r"\d{13}[A-Y]")),
    Kind("PA", "CEDULA", "NI", False, _cedula_pa),
    Kind("PE", "DNI", "NI", True, _dni_pe),
    Kind("PE", "CE", "PRC", False, _pattern(r"[A-Z0-9]{8,12}")),
    Kind("PE", "CNV", "BCT", False, _pattern(r"\d{8,15}")),
    Kind("PE", "PTP", "PRC", False, _pattern(r"[A-Z0-9]{8,15}")),
    Kind("PE", "CPP", "PRC", False, _pattern(r"[A-Z0-9]{8,15}")),
    Kind("PE", "DIE", "PRC", False, _pattern(r"[A-Z0-9]{3,15}")),
    Kind("PE", "CSR", "PRC", False, _pattern(r"[A-Z0-9]{5,15}")),
    Kind("PE", "RUC", "TAX", True, _library("pe.ruc")),
    Kind("PY", "CI", "NI", False, _pattern(r"[1-9]\d{4,7}")),
    Kind("SV", "DUI", "NI", True, _DUI_SV),
    Kind("UY", "CI", "NI", True, _ci_uy),
    Kind("VE", "CI", "NI", False, _pattern(r"[VE]\d{5,8}")),
)
_KINDS: Final[Mapping[tuple[str, str], Kind]] = {(k.country, k.code): k for k in KINDS}
