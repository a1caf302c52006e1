"""Adapters of the autoscaler's ports: colibri and health over HTTP, AWS over boto3."""
