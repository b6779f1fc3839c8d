"""Who is asking: person, role, municipality; our sign-in."""
