"""Programs that stand between PID 1 and the program that serves, and what to start instead."""

# rules.md HF208 and HF806.
WRAPPERS = {
    "npm": "node FILE instead of npm start",
    "npx": "the program itself, from node_modules/.bin",
    "yarn": "node FILE instead of yarn start",
    "pnpm": "node FILE instead of pnpm start",
    "pm2": "pm2-runtime, or node FILE",
    "poetry": "the program of the virtual environment instead of poetry run",
    "pipenv": "the program of the virtual environment instead of pipenv run",
    "mvn": "java -jar of what was built",
    "gradle": "java -jar of what was built",
    "gradlew": "java -jar of what was built",
    "nodemon": "node FILE",
    "supervisord": "one container for each program",
}


def instead_of(program: str, words: tuple[str, ...]) -> str:
    """What to start instead of a wrapper; "" for a program that is none."""
    if program == "dotnet" and "watch" in words:
        return "dotnet FILE.dll"
    return WRAPPERS.get(program, "")
