"""The terminal front end: it reads views of runs, and calls what the commands call."""

import os

# Textual reads these when it is imported. Over SSH a frame costs kilobytes, an animation many.
os.environ.setdefault("TEXTUAL_FPS", "30")
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
