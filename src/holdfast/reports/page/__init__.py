"""The parts of the HTML report: markup, style, script and the drawn timeline."""
