"""A small engine of arrays: Whoosh keeps the index, numpy scores, filters and counts."""
