"""The engine for many web nodes: lists in the database, and full text for what was saved since."""
