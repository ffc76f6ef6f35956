"""The shell: every socket, process and pipe of the daemon, on Twisted."""
