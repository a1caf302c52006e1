"""Referrals and certificates, and everything that is printed and checked by its code."""
