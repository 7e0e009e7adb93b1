"""How the torch engine runs a network on a device: copied there, recorded where that pays, copied back once."""
