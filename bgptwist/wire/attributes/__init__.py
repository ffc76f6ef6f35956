"""The path attributes, one module for each type code."""
