FROM python:3.12.4-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
CMD ["gunicorn", "app:app"]
