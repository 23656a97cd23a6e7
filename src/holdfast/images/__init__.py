"""What an image holds, worked out from what its layers list. Pure: `sources.images` reads."""
