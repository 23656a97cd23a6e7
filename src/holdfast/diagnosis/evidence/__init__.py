"""Facts about containers, each with its origin. Opinions live in `causes/`."""
