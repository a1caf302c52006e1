"""Which products may stand for each other: same substances, strength, form and unit.

Nothing is computed from amounts: two of 250 mg do not stand for one of 500 mg, and a tablet does
not stand for a capsule. Whoever wants that asks the prescriber for another prescription.
"""

from schemas.formulary import FormularyItem
from telesalud.platform.store import Key


def family_of(product: FormularyItem) -> str:
    """What products that stand for each other have in common."""
    parts = ("+".join(sorted(product.substances)), product.strength, product.form, product.unit)
    return "|".join("".join(part.casefold().split()) for part in parts)


def equivalent(one: FormularyItem, other: FormularyItem) -> bool:
    """Whether one may be given for the other, by the same route and under the same control."""
    alike = family_of(one) == family_of(other) and one.controlled == other.controlled
    return alike and bool(set(one.routes) & set(other.routes))


def family_key(tenant: str, product: FormularyItem, code: str) -> Key:
    """Where it says that an item is of a family."""
    return Key(f"FAMILY#{tenant}#{family_of(product)}", code)
