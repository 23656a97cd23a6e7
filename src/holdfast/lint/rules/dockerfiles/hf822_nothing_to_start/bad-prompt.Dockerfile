# here
FROM python:3.12.4-slim-bookworm AS base
RUN pip install gunicorn

FROM base
COPY app /app
EXPOSE 8000
