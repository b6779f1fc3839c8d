"""What whoever runs an installation does with it: back up, restore, look for what is wrong."""
