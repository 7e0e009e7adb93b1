"""A checkpoint becomes the folder that serving reads."""
