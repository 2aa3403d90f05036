"""`python -m alignenv` is the `alignenv` command."""

from alignenv.cli.main import main

if __name__ == "__main__":
    main()
