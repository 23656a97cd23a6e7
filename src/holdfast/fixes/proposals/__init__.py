"""One module per group of causes with the same kind of fix: `CAUSES` and `propose(facts)`."""
