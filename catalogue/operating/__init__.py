"""What whoever runs an installation does with it: back up, restore, look for what is wrong."""

from collections.abc import Callable

# How much is done, of how much in all: 1.0 where only the share is known.
Step = Callable[[float, float], None]
