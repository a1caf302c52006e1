"""Outgoing signed notifications to systems outside, used by every context.

- `signature`: sign, and verify as a receiver does.
- `addresses`: which hosts a tenant allows, and which addresses nobody may reach.
- `targets`: registered receivers and their rotating secrets.
- `sender`: one HTTP attempt.
- `deliveries`: the state of each notification, retries for 24 hours, replay and log.
- `queue`: what the queue's function does.
"""
