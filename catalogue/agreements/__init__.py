"""Aftale: mandatory and voluntary, period, parties, categories (CPV), ceiling; orderability."""
