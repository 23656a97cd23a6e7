"""One module per output format: `NAME` and `render(diagnosis, options) -> str`."""
