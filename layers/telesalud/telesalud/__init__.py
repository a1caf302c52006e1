"""Telesalud's domain library: one package per bounded context beside the shared `platform`."""
