"""The MLLP bridge: a small process in a hospital's network that passes HL7 v2 messages on.

It takes frames, forwards each message over HTTPS with a client's credentials, and gives the sender
the acknowledgement. It keeps nothing: a sender that gets no answer sends again, and the same
message has one effect. docs/interop/mllp.md says how it is installed.
"""
