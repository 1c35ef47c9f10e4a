"""The subcommands of the `callcontrol` program, one module each."""
