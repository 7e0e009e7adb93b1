"""The training commands, one file each. Nothing heavy is loaded before a command runs."""
