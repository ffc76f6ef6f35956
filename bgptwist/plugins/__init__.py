"""Where plug-ins are found by name: modules in folders `bgptwist/plugins` on Python's path, none of which is here."""

from twisted.plugin import pluginPackagePaths

__path__.extend(pluginPackagePaths(__name__))
__all__: list[str] = []
