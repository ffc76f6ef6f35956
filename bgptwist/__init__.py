"""A BGP speaker that programs drive, on Twisted."""
