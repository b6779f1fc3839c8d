"""The demonstration world: invented texts, prices and pictures around names of the report."""
