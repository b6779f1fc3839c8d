"""What crosses the wall: mail, and documents of purchasing systems."""
