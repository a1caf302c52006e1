"""The backend that lives in one process's memory: for tests, demonstrations and proofs."""
