"""`python -m training`, for torchrun; `maskwatch` mounts the same commands."""

from training.cli import main

if __name__ == "__main__":
    main()
