"""One module per format, each defining `FORMAT` (see sources/format.py). Listed nowhere."""
