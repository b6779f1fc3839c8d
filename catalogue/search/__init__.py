"""The index; find, filter, facets, product page; the buyer's pages."""
