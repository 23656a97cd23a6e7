FROM python:3.12.4-slim-bookworm
COPY . /app
# here
CMD exec uvicorn app:app --host 0.0.0.0 --reload
