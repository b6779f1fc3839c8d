"""The demonstration world: names of the report; texts, prices and pictures are invented for it."""

from .load import PASSWORD, load, log_ins

__all__ = ["PASSWORD", "load", "log_ins"]
