"""``python -m callcontrol``: the command line."""

from callcontrol.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
