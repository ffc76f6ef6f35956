"""One conversation with one peer, from TCP connect to close, as machines without input or output."""
