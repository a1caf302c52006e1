"""Questionnaires as data: a subset of FHIR R4 Questionnaire, checked, scored and mapped."""
