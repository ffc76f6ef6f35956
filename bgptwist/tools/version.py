"""`bgptwist version`: what runs here."""

from platform import python_version

from twisted._version import __version__ as twisted

from bgptwist.service import VERSION


def main(words: list[str]) -> int:
    """Tell the versions that matter."""
    print(f"bgptwist {VERSION}")
    print(f"Twisted  {twisted.short()}")
    print(f"Python   {python_version()}")
    return 0
