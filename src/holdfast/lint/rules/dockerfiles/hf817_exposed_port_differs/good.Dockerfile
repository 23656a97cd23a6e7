FROM python:3.12.4-slim-bookworm
ENV PORT=9000
EXPOSE 8000-8010 9090
CMD ["gunicorn", "--bind=:8000", "app:app"]
