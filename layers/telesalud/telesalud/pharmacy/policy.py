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

READ_WARD = "pharmacy.read_ward"
"""What was asked for, delivered and given, of patients who are here."""
WARD = "pharmacy.ward"
"""Ask for what a patient needs, plan and record what is given, waste, sign for deliveries."""
CLOSE_WARD = "pharmacy.close_ward"
"""Close the account of an admission; nothing is told but what is left."""

_WARD = frozenset({READ, READ_WARD, WARD})
_ASSISTANT = frozenset({READ, STOCK, READ_DISPENSING, READ_WARD, WITNESS})

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset({READ, APPROVE, MANAGE, LEASE, REPORT, CLOSE_WARD}),
    Role.PHYSICIAN: _WARD | {WITNESS, CLOSE_WARD},
    Role.NURSE: _WARD | {WITNESS, CLOSE_WARD},
    Role.WARD_NURSE: _WARD,
    Role.ADMISSIONS: frozenset({CLOSE_WARD}),
    Role.PHARMACIST: _ASSISTANT | {APPROVE, MANAGE, RECALL, DISPENSE, REPORT},
    Role.PHARMACY_ASSISTANT: _ASSISTANT,
    Role.AUDITOR: frozenset({READ, REPORT}),
}
