"""Knowledge as customers read it."""
