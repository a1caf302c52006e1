"""Outgoing signed notifications to systems outside, used by every context.

- `signature`: sign, and verify as a receiver does.
- `addresses`: which hosts a tenant allows, and which addresses nobody may reach.
- `targets`: registered receivers and their rotating secrets.
- `sender`: one HTTP attempt.
- `delivery_records`: what is stored of each notification, and what is still due.
- `deliveries`: attempts for 24 hours, in order per subject.
- `replaying`: delivering again, by hand.
- `log`: looking up what was sent.
- `queue`: what the queue's function does.
"""
