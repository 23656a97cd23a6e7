"""`python -m holdfast.run`: the supervisor without the rest of the command line."""

import sys

from holdfast.run.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
