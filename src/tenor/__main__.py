"""`python -m tenor` is the command line."""

from tenor.cli.main import main

if __name__ == "__main__":
    main()
