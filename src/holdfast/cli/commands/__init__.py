"""One module per command; `holdfast NAME` runs NAME.command. Listed nowhere."""
