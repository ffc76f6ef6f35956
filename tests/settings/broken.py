"""Sound configurations for tests to put something into.  Wrong ones are in tests/corpus/broken."""

BASE = """\
neighbor 127.0.0.1 {{
	router-id 10.0.0.1;
	local-address 127.0.0.1;
	local-as 65001;
	peer-as 65001;
	family {{ {families} }}
{fragment}
}}
"""
"""The fragment begins in line 7; it has no indentation of its own."""


def neighbor(fragment: str, families: str = "ipv4 unicast;") -> str:
    """A sound neighbor with a fragment in it."""
    return BASE.format(fragment=fragment, families=families)


def static(statement: str, families: str = "ipv4 unicast;") -> str:
    """A sound neighbor with a route in it, which begins at column 10 of line 7."""
    return neighbor(f"static {{ {statement} }}", families)


ROUTE = "route 192.0.2.0/24 next-hop 10.0.0.9"
