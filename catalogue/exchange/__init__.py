"""What crosses the wall: mail."""
