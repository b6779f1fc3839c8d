"""The engine for many web nodes: PostgreSQL full text, kept in the transaction that saves."""
