"""A cluster on loopback without containers, for `tests/jitsi` and `jitsi_cluster.bench`.

Debian's Prosody and coturn, XMPP clients, a stand-in for Jicofo and one for consults.
"""
