"""The commands: argument handling and printing, each module read when its command is called."""
