"""`python -m holdfast.wait`: the waiter without the rest of the command line."""

import sys

from holdfast.wait.command import leave, main

if __name__ == "__main__":
    leave(main(sys.argv[1:]))
