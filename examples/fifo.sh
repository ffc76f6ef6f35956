#!/bin/sh
# fifo.sh FIFO: what is written into a named pipe is a command.
#
#   echo 'announce route 198.51.100.0/24 next-hop self' > FIFO
#
# Only its owner may write into it.  A pipe that is open for reading and writing has no end, however many come and go.

[ -p "$1" ] || mkfifo -m 600 "$1" || exit 1
exec cat <>"$1"
