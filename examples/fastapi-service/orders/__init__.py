"""An order service that stays up, and that can be broken on purpose.

- `app` puts the parts together; `store` talks to PostgreSQL and Redis; `settings` reads the
  environment.
- `faults` holds a switch for each classic fault, `private` the port that turns them.
"""
