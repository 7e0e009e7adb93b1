"""How the schema came to be; run by `SqlRepository.upgrade`."""
