"""Aftaledækning: coverage and spend; procurement staff's pages."""
