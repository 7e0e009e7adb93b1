"""Networks of others, defined anew to hold their published weights. Attribute names are those of the weight files."""
