"""The command `stack-tui`."""

from stack_tui.cli.command_line import main

if __name__ == "__main__":
    main()
