FROM python:3.12.4-slim-bookworm
COPY app.py .
CMD ["python", "-u", "app.py"]
