"""``python -m clv_core``."""

import sys

from clv_core.cli import main

if __name__ == "__main__":
    sys.exit(main(closes_engine=True))
