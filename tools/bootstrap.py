"""Build the project's own environment, .venv, from requirements.lock; do nothing when it is up to date.

Called by make. Uses the standard library alone, and starts under any Python 3, so that it can say what is missing.
"""

import hashlib
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "lowtglass-stamp.json")
OLDEST = (3, 11)


def problem(version, importable):
    """What keeps this interpreter from building the environment, in a sentence for the reader; None if nothing does."""
    if tuple(version[:2]) < OLDEST:
        return (
            "lowtglass needs Python {}.{} or newer; {} is Python {}.{}.\n"
            "Name another interpreter, for example: make PYTHON=/path/to/python3.12 book"
        ).format(*OLDEST, sys.executable or "this", *version[:2])
    missing = [name for name in ("venv", "ensurepip") if not importable(name)]
    if missing:
        return (
            "{} has no module '{}', which building the environment needs.\n"
            "On Debian and Ubuntu: sudo apt-get install python{}.{}-venv"
        ).format(sys.executable or "this Python", missing[0], *version[:2])
    return None


def importable(name):
    """Whether a module of the standard library is there."""
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def digest(name):
    """Hash of a file at the top of the repository."""
    with open(os.path.join(ROOT, name), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_stamp():
    """What the present environment was made from ({} if it is not there or was not finished)."""
    try:
        with open(STAMP) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def run(*command):
    """Run a command; its failure ends this program with its status."""
    status = subprocess.call(command, cwd=ROOT)
    if status:
        sys.exit("failed (status {}): {}".format(status, " ".join(command)))


def main():
    """Check the interpreter, then build or mend the environment."""
    complaint = problem(sys.version_info, importable)
    if complaint:
        sys.exit(complaint)
    python = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
    base = {
        "folder": ROOT,
        "python": "{}.{}".format(*sys.version_info[:2]),
        "requirements.lock": digest("requirements.lock"),
    }
    full = dict(base, **{"pyproject.toml": digest("pyproject.toml")})
    stamp = read_stamp()
    if stamp == full and os.path.exists(python):
        return
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    if {key: stamp.get(key) for key in base} != base or not os.path.exists(python):
        # the environment's own interpreter cannot clear the folder it runs from
        interpreter = getattr(sys, "_base_executable", None) or sys.executable
        print("Building .venv with Python {} (once; a few minutes) ...".format(base["python"]), flush=True)
        run(interpreter, "-m", "venv", "--clear", VENV)
        run(*pip, "-r", "requirements.lock")
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    with open(STAMP, "w") as file:
        json.dump(full, file, indent=1)


if __name__ == "__main__":
    main()
