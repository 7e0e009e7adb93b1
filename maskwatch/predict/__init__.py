"""What `maskwatch predict` is made of: inputs in, answers out."""
