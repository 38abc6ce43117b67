"""The picture a phone reads off a waiting seat (W50), against a symbol that another implementation drew."""

from __future__ import annotations

import re

import pytest

from edge.pairing import SIZE, draw, modules, pairing_text

#: Version 3, level M, mask 3, drawn by segno 1.6.6 for the same text.
SYMBOL = """
#######.#..#.###.##...#######
#.....#.#.#.##..#.##..#.....#
#.###.#..##.#...#..##.#.###.#
#.###.#.#.##..##.#....#.###.#
#.###.#..#.#..#.###...#.###.#
#.....#...#.##.###.#..#.....#
#######.#.#.#.#.#.#.#.#######
........###.#..##............
#.##.###.#####.#....#.#..#.##
....##...#.#####..##..#.#.#.#
.#.##.##..#.##..#.####..#.#.#
....##...#.##...#..#....#....
###.#.#.#.....##.#...#....#.#
.#.##...#.....#.##.###.##.##.
###.#.#####.##.##.##.#.####..
..#.##..#.#...#.#..#.##...##.
##....#..#....#####..####.#.#
.....#....##..#.#..#.##...#..
#..#..#..#...####.#########..
..###..###...##..####.#.##.##
.###..#.#..#.##.##########.##
........#.##...###..#...#.##.
#######.#.....##.#.##.#.####.
#.....#.##...###...##...#.#.#
#.###.#...###...#.#.#####.#..
#.###.#.#...#.......########.
#.###.#.#..##....##.#####.#.#
#.....#...##..##.####.##.####
#######.##.####..##.#.#......
"""


def test_W50_the_text_is_device_and_digits() -> None:
    text = pairing_text("d-abcdefghijklmnop", "1234 5678 9012")
    assert text == "PHONGHOP:D-ABCDEFGHIJKLMNOP:123456789012"


def test_the_symbol_is_the_one_others_draw() -> None:
    drawn = modules("PHONGHOP:D-ABCDEFGHIJKLMNOP:123456789012")
    assert ["".join("#" if module else "." for module in line) for line in drawn] == SYMBOL.split()


def test_the_path_fills_exactly_the_dark_modules() -> None:
    text = pairing_text("d-234567abcdefghij", "0000 0000 0001")
    picture = draw(text)
    assert picture.to_value() == {"size": SIZE, "path": picture.path}
    dark = set()
    for left, row, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", picture.path):
        dark |= {(int(row), int(left) + step) for step in range(int(width))}
    expected = {(row, col) for row, line in enumerate(modules(text)) for col, module in enumerate(line) if module}
    assert dark == expected


@pytest.mark.parametrize("text", ["lower case", "đ", "A" * 62])
def test_a_text_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a text for this picture"):
        draw(text)
