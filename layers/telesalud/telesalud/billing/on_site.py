"""Which operations of billing a disconnected site has, as data.

A site writes down what was done and gives vouchers from its own block of numbers, at the prices it
took along. Contracts, prices, invoices and money are the centre's.
"""

from collections.abc import Mapping
from typing import Final

ALLOWED_ON_A_SITE: Final[Mapping[str, bool]] = {
    "add_charge": True,
    "add_contract": False,
    "add_payer": False,
    "ask_audit_check": False,
    "change_contract": False,
    "change_payer": False,
    "credit_invoice": False,
    "issue_invoice": False,
    "issue_voucher": True,
    "lease_numbers": False,
    "list_charges": True,
    "list_contracts": True,
    "list_invoices": False,
    "list_payers": True,
    "list_prices": True,
    "list_vouchers": True,
    "pay_invoice": False,
    "read_audit_check": False,
    "read_cash": False,
    "read_contract": True,
    "read_invoice": False,
    "read_voucher": True,
    "set_prices": False,
    "void_voucher": True,
    "waive_charge": True,
}
"""By the operation's id."""
