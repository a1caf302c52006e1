"""How many bridges a service needs: a load model and a discrete-event simulation of policies.

`python -m jitsi_cluster.sizing --help`; needs the optional dependencies `telesalud[sizing]`.
"""
