"""Basket, order and its states, receipt."""
