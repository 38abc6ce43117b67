"""Make the demo papers from the command line: `python -m deploy.demo.papers OUT [--seed 2026]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.demo.papers import DemoPaperError, build_papers


def main(arguments: list[str]) -> int:
    """Build into the folder named by the arguments, print one line a paper; 1 with a message if it cannot be done."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.demo.papers", description="Tạo tài liệu cho phiên họp minh họa."
    )
    parser.add_argument("out", type=Path, help="thư mục ghi tài liệu")
    parser.add_argument("--seed", type=int, default=2026, help="số khởi tạo (mặc định 2026)")
    options = parser.parse_args(arguments)
    try:
        papers = build_papers(options.out, seed=options.seed)
    except DemoPaperError as error:
        print(error, file=sys.stderr)
        return 1
    for paper in papers:
        print(f"{paper.file_name}: {paper.pages} trang; {paper.title_vi}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
