"""Which rights each role has in billing."""

from telesalud.platform.access import Grants, Role

READ_CONTRACTS = "billing.read_contracts"
"""Payers and contracts, by name: no patients, no prices."""
READ_PRICES = "billing.read_prices"
MANAGE = "billing.manage"
"""Payers, contracts and prices."""
READ_CHARGES = "billing.read_charges"
"""What patients got, by code, and their vouchers."""
CHARGE = "billing.charge"
"""Write what was done on demand."""
ISSUE = "billing.issue"
"""Issue and void vouchers, waive charges."""
INVOICE = "billing.invoice"
"""Invoices, credit notes, payments, the day's cash list."""
READ_INVOICES = "billing.read_invoices"
LEASE = "billing.lease_numbers"
"""Lease blocks of numbers to disconnected sites."""

_DESK = frozenset({READ_CONTRACTS})

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset({READ_CONTRACTS, READ_PRICES, MANAGE, READ_INVOICES, LEASE}),
    Role.PHYSICIAN: _DESK | {CHARGE},
    Role.NURSE: _DESK | {CHARGE},
    Role.WARD_NURSE: _DESK | {CHARGE},
    Role.FRONT_DESK: _DESK,
    Role.ADMISSIONS: _DESK | {READ_CHARGES, ISSUE, CHARGE},
    Role.BILLING: frozenset(
        {READ_CONTRACTS, READ_PRICES, MANAGE, READ_CHARGES, CHARGE, ISSUE, INVOICE, READ_INVOICES}
    ),
    Role.AUDITOR: frozenset({READ_CONTRACTS, READ_PRICES, READ_INVOICES}),
}
