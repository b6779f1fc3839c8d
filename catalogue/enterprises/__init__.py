"""Virksomhed: CVR, profile, proof, verification."""
