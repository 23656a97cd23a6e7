FROM python:3.12.4-slim-bookworm
COPY . /app
# here
CMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]
