"""The BGP messages, one module for each message type."""
