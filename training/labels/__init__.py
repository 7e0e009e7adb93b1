"""Teachers and what is learnt from them about labels."""
