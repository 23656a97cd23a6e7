#!/bin/sh
# pip install is done when the image is built.
set -e
python manage.py migrate  # here
exec gunicorn app:app
