"""The second face: what the record's own contexts know, as FHIR resources."""
