"""The subcommand `bgptwist` of twistd; an import of anything else here would load a reactor before one is chosen."""

from twisted.application.service import ServiceMaker

bgptwist = ServiceMaker("bgptwist", "bgptwist.service", "A programmable BGP speaker", "bgptwist")
