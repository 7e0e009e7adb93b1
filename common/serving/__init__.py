"""What our HTTP servers share."""
