"""What visitors and search engines see: open shelves, data for machines, the map of the site."""
