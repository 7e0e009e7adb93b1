"""What happens to a picture before a network learns from it."""
