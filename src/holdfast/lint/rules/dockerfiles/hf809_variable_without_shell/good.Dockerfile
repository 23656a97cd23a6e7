FROM python:3.12.4-slim-bookworm
COPY app /app
ENV PORT=8000
CMD ["sh", "-c", "exec gunicorn --bind 0.0.0.0:$PORT app:app"]
