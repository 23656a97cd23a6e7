FROM python:3.12.4-slim-bookworm
COPY app /app
# What is started.
# here
CMD ["python", "-m", "app"]
