"""From a `plugin` section to an object: a dotted name, something in a file, or a name that twisted.plugin finds."""

import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from traceback import extract_tb
from typing import Any, Final

from twisted.plugin import getPlugins
from twisted.python.reflect import InvalidName, namedAny
from zope.interface import Invalid
from zope.interface.verify import verifyObject

from bgptwist import plugins
from bgptwist.interfaces import IPlugin
from bgptwist.settings.model import ApiSettings, PluginSettings
from bgptwist.wire.errors import Refused

DEPTH: Final = 2
"""Frames of an error that namedAny makes itself."""


class FreshLoader(SourceFileLoader):
    """Reads a module each time: no file with its bytecode is written beside it, which would soon be an old one."""

    def path_stats(self, path: str) -> Any:
        """Nothing is known of the file that bytecode could be compared with."""
        raise OSError("always read anew")


def make(settings: PluginSettings, in_use: list[object]) -> Any:
    """A plug-in, not started; its module is carried out, and may raise anything.

    Refused says what is wrong with what was found.  `in_use` are objects that are plug-ins already.
    """
    found = find(settings)
    if not IPlugin.providedBy(found):
        if not callable(found):
            raise Refused(f"'{settings.use}' is neither a plug-in nor a class of them")
        found = found()
    try:
        verifyObject(IPlugin, found)
    except Invalid as error:
        told = " ".join(str(error).split())
        raise Refused(f"'{settings.use}' is no plug-in, see bgptwist.interfaces.IPlugin: {told}") from None
    if not isinstance(found.wanted, ApiSettings):
        raise Refused(f"'wanted' of '{settings.use}' is {found.wanted!r}, expected bgptwist.settings.plugin.interest()")
    if any(found is each for each in in_use):
        raise Refused(f"'{settings.use}' is an object that another section uses, name its class in both")
    return found


def find(settings: PluginSettings) -> Any:
    """What the section names."""
    if settings.file:
        found: Any = module(f"bgptwist_plugin_{settings.name.replace('.', '_')}", settings.file)
        for word in settings.use.split("."):
            if not hasattr(found, word):
                raise Refused(f"there is no '{settings.use}' in {settings.file}")
            found = getattr(found, word)
        return found
    if "." in settings.use:
        return named(settings.use)
    known = {str(getattr(each, "name", "")): each for each in getPlugins(IPlugin, plugins)}
    if settings.use not in known:
        told = ", ".join(sorted(filter(None, known))) or "none"
        raise Refused(f"there is no plug-in '{settings.use}' in bgptwist.plugins, which has: {told}")
    return known[settings.use]


def named(use: str) -> Any:
    """What a dotted name means; Refused when there is nothing of that name, anything else comes from the module."""
    try:
        return namedAny(use)
    except InvalidName:
        raise Refused(f"Python finds no '{use}'") from None
    except AttributeError as error:
        if len(extract_tb(error.__traceback__)) > DEPTH:
            raise
        raise Refused(f"Python finds no '{use}': {error}") from None


def module(name: str, file: str) -> Any:
    """The module of a file, carried out anew."""
    loader = FreshLoader(name, file)
    spec = ModuleSpec(name, loader, origin=file)
    spec.has_location = True
    made = module_from_spec(spec)
    # dataclasses and pickles look for their module
    sys.modules[name] = made
    try:
        loader.exec_module(made)
    except BaseException:
        del sys.modules[name]
        raise
    return made
