#!/usr/bin/env python3
"""http_api.py PORT: commands by HTTP, from this machine alone.

    curl -d 'command=announce route 198.51.100.0/24 next-hop self' http://127.0.0.1:PORT/
    curl -d 'commands=withdraw route 198.51.100.0/24;withdraw route 203.0.113.0/24' http://127.0.0.1:PORT/

The answer is OK, or with status 400 the commands that were refused.  Whoever may connect may command: every user of the
machine.  Web pages may not: what a browser sends for them says where it comes from, and is refused.
"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

from bgptwist.client import DaemonGone, Helper

LONGEST = 16 << 20
"""Octets of a request."""


def commands(form):
    """The commands of a form: `command`, or several in `commands` with semicolons between them."""
    lines = [*form.get("command", []), *(line for text in form.get("commands", []) for line in text.split(";"))]
    return [line.strip() for line in lines if line.strip()]


class Handler(BaseHTTPRequestHandler):
    """One request; the next one waits for it, but not longer than `timeout` seconds."""

    timeout = 10

    def do_POST(self):
        size = int(self.headers.get("Content-Length", 0))
        if self.headers.get("Origin") is not None or not 0 < size <= LONGEST:
            self.answer(403, "refused\n")
            return
        lines = commands(parse_qs(self.rfile.read(size).decode("utf-8", "replace")))
        try:
            verdicts = self.server.helper.batch(lines)
        except ValueError as error:
            self.answer(400, f"{error}\n")
            return
        refused = [f"refused: {line}\n" for line, verdict in zip(lines, verdicts, strict=True) if not verdict]
        self.answer(400 if refused or not lines else 200, "".join(refused) or ("OK\n" if lines else "no command\n"))

    def answer(self, status, text):
        """Send an answer."""
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


with HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler) as server:
    server.helper = Helper()
    try:
        server.serve_forever()
    except DaemonGone:
        pass
