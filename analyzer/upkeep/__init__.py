"""What is kept, and for how long: retention, and store and database brought into agreement."""
