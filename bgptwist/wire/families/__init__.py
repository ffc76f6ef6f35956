"""The address families, one module for each NLRI format."""
