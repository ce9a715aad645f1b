"""Whom a trust policy admits."""
