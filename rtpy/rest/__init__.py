"""What the faces for programs share, whichever protocol they speak."""
