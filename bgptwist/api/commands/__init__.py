"""The commands that programs give, one module for each noun."""
