"""Admissions: who lies in which bed or sits in which chair, and how they left."""
