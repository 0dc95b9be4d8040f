"""Entry: ``python -m probe REQUEST.json``."""

from __future__ import annotations

import sys

from probe.requests import read_request
from probe.zygote import serve

if __name__ == "__main__":
    sys.exit(serve(read_request(sys.argv[1])))
