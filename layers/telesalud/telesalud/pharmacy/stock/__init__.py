"""The ledger, the balances that it gives, and what they warn of."""
