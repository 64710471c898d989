"""The command `stack-tui`."""

from stack_tui.cli import main

if __name__ == "__main__":
    main()
