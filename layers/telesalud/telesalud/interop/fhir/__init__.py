"""FHIR R4: the resources that come from elsewhere, kept to the letter, and how they are found."""
