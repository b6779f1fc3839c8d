"""Catalogue files: what the municipality may order, in the columns that its webshop reads."""
