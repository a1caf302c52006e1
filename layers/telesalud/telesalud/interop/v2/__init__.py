"""HL7 v2 messages: reading, writing, acknowledging and framing them; no rule of the record.

Bytes come from the network or from HTTP, `decoding` makes text of them, `message` finds values by
their HL7 path, `acks` answers, `framing` is MLLP. Nothing here knows what a message is for.
"""
