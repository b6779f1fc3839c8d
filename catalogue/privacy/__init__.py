"""What is kept of people: how long, for whom to read, and how it is handed over and taken out."""
