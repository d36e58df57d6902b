"""The process: sockets, clock, secrets. The only impure shell."""
