"""Which rights each role has over orders."""

from telesalud.platform.access import Grants, Role

DRAFT = "orders.draft"
"""Write and change drafts."""
PRESCRIBE = "orders.prescribe"
"""Sign, renew and stop prescriptions, issue referrals and certificates."""
ORDER = "orders.order"
"""Sign tests and services, sign results off."""
COLLECT = "orders.collect"
"""Take specimens."""
RESULT = "orders.result"
"""Receive specimens, enter and correct results."""
ATTACH = "orders.attach"
"""Add files to an order."""
ALARM = "orders.alarm"
"""See what rings and acknowledge it."""
READ_PRESCRIPTIONS = "orders.read_prescriptions"
READ_ORDERS = "orders.read_orders"
READ_CHART = "orders.read_chart"
"""A patient's summary and list, referrals, certificates."""
SEARCH = "orders.search"
"""Look products and order sets up."""
MANAGE = "orders.manage"
"""Import catalogues, keep prescribers' registrations."""
REPORT_OWN = "orders.report_own"
"""Reports over the orders that one answers for."""
REPORT_ALL = "orders.report_all"
"""Reports over everybody's orders."""

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset({SEARCH, MANAGE, REPORT_ALL}),
    Role.PHYSICIAN: frozenset(
        {
            DRAFT,
            PRESCRIBE,
            ORDER,
            COLLECT,
            ATTACH,
            ALARM,
            READ_PRESCRIPTIONS,
            READ_ORDERS,
            READ_CHART,
            SEARCH,
            REPORT_OWN,
        }
    ),
    Role.NURSE: frozenset(
        {DRAFT, COLLECT, ALARM, READ_PRESCRIPTIONS, READ_ORDERS, READ_CHART, SEARCH}
    ),
    Role.PHARMACIST: frozenset({READ_PRESCRIPTIONS, SEARCH}),
    Role.WARD_NURSE: frozenset({READ_PRESCRIPTIONS}),
    Role.PHARMACY_ASSISTANT: frozenset({READ_PRESCRIPTIONS, SEARCH}),
    Role.LABORATORY: frozenset({COLLECT, RESULT, ATTACH, READ_ORDERS, SEARCH, REPORT_ALL}),
}
