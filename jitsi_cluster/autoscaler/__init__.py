"""Bridge autoscaler: when to add a videobridge, which one to retire, and how to retire it.

Pure rules (`rule`, `agenda`, `drain`, `launch`, `health`), one use case per Lambda (`usecases`),
ports as Protocols (`ports`) and the adapters that speak colibri and AWS (`adapters`).
"""
