"""The contracts of every context: requests, answers and events. Imports pydantic only."""
