"""One module per output format of `holdfast image`."""
