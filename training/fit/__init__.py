"""The network that says where on a face a mask is."""
