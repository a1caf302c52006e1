"""Exchange with other systems: FHIR, HL7 v2 and channels between them."""
