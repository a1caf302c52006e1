"""Which rights each role has in the pharmacy."""

from telesalud.platform.access import Grants, Role

READ = "pharmacy.read"
"""Items, warehouses, balances, kardex, transfers, counts, alerts: no patients."""
STOCK = "pharmacy.stock"
"""Book entries, write-offs and transfers, and count."""
APPROVE = "pharmacy.approve"
"""Be the second person for differences of counts."""
WITNESS = "pharmacy.witness"
"""Be the second person for controlled medicines: their waste, and who gets them."""
MANAGE = "pharmacy.manage"
"""Items, warehouses, levels."""
LEASE = "pharmacy.lease"
"""Lease warehouses to disconnected sites."""
RECALL = "pharmacy.recall"
"""Block and recall lots, and see who got them."""
DISPENSE = "pharmacy.dispense"
"""Give medicines to patients, and take them back."""
READ_DISPENSING = "pharmacy.read_dispensing"
"""What a prescription has left, what a patient got, labels."""
REPORT = "pharmacy.report"
"""What became of stock in a span of days."""

_ASSISTANT = frozenset({READ, STOCK, READ_DISPENSING, WITNESS})

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset({READ, APPROVE, MANAGE, LEASE, REPORT}),
    Role.PHYSICIAN: frozenset({READ, WITNESS}),
    Role.NURSE: frozenset({READ, WITNESS}),
    Role.WARD_NURSE: frozenset({READ}),
    Role.PHARMACIST: _ASSISTANT | {APPROVE, MANAGE, RECALL, DISPENSE, REPORT},
    Role.PHARMACY_ASSISTANT: _ASSISTANT,
    Role.AUDITOR: frozenset({READ, REPORT}),
}
