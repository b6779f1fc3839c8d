"""One enterprise's shelf inside a frame of a web site elsewhere."""
