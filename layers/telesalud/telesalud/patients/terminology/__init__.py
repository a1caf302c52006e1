"""Diagnosis code systems: ICD-11 for Mortality and Morbidity Statistics, ICD-10 beside it.

An operator builds a read-only SQLite index from the files that WHO or a ministry publishes
(`importer`); a function opens it and searches it (`search`); `clusters` checks what was chosen.
"""
