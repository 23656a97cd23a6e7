FROM python:3.12.4-slim-bookworm
# here
EXPOSE 8080/tcp
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
