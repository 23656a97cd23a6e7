"""What `holdfast simulate` found, one file per format."""
