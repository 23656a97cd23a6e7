FROM registry.example.com/python:3.12.4
CMD ["python", "-m", "app"]
