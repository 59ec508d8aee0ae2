"""The demo: a whole bank on one machine, by one command, that leaves nothing running behind."""
