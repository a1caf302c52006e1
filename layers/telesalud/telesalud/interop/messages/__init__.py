"""HL7 v2 messages: received, kept, understood, and what becomes of them."""
