"""HF8xx: Dockerfiles, and the scripts that an image starts with."""
