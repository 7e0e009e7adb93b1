"""Jobs -> predictions: fetch the pictures, ask the models, publish what they said. Stateless: replicate at will."""
