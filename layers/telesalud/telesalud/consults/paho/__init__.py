"""The interface of PAHO's earlier telehealth module, for clients that already speak it."""
