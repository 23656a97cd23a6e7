"""`python -m holdfast.wait`: the waiter without the rest of the command line."""

import sys

from holdfast.wait.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
