"""A terminal's screen: as much of xterm as daypass, bash and readline use."""

import re
import unicodedata
from typing import NamedTuple, Optional

Color = Optional[object]  # None: the terminal's own; an int: one of 256; a string: "#rrggbb"


class Style(NamedTuple):
    foreground: Color = None
    background: Color = None
    bold: bool = False
    dim: bool = False
    underline: bool = False
    reverse: bool = False


class Cell(NamedTuple):
    text: str = " "
    style: Style = Style()


BLANK = Cell()
# CSI, OSC (ended by BEL or ST), a character set or another two-byte sequence, a control, or text.
TOKEN = re.compile(
    r"\x1b\[(?P<prefix>[<=>?]?)(?P<parameters>[0-9;:]*)[ !$'\"]*(?P<final>[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b[()].|\x1b(?P<escape>[^\[\]()])"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f])"
    r"|(?P<text>[^\x00-\x1f]+)"
)


class Terminal:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = self._blank()
        self.x = self.y = 0
        self.style = Style()
        self.cursor_is_shown = True
        self._saved = (0, 0)
        self._main_screen = None
        self._rest = ""

    def feed(self, text):
        text = self._rest + text
        at = 0
        while at < len(text):
            token = TOKEN.match(text, at)
            if token is None:
                break
            at = token.end()
            self._act(token)
        self._rest = text[at:]

    def snapshot(self):
        """The rows of cells, with the cursor drawn into them."""
        rows = [tuple(row) for row in self.cells]
        if self.cursor_is_shown:
            row = list(rows[self.y])
            cell = row[min(self.x, self.columns - 1)]
            row[min(self.x, self.columns - 1)] = cell._replace(style=cell.style._replace(reverse=not cell.style.reverse))
            rows[self.y] = tuple(row)
        return tuple(rows)

    def text(self):
        return "\n".join("".join(cell.text for cell in row).rstrip() for row in self.cells)

    def _blank(self):
        return [self._blank_row() for _ in range(self.rows)]

    def _blank_row(self):
        return [BLANK] * self.columns

    def _act(self, token):
        if token["text"]:
            for character in token["text"]:
                self._put(character)
        elif token["control"]:
            self._control(token["control"])
        elif token["final"]:
            self._sequence(token["prefix"], token["final"], token["parameters"])
        elif token["escape"] == "7":
            self._saved = (self.x, self.y)
        elif token["escape"] == "8":
            self.x, self.y = self._saved

    def _put(self, character):
        if unicodedata.combining(character):
            return
        if self.x >= self.columns:
            self.x = 0
            self._line_feed()
        self.cells[self.y][self.x] = Cell(character, self.style)
        self.x += 1

    def _control(self, control):
        if control == "\r":
            self.x = 0
        elif control == "\n":
            self._line_feed()
        elif control == "\b":
            self.x = max(0, self.x - 1)
        elif control == "\t":
            self.x = min(self.columns - 1, (self.x // 8 + 1) * 8)

    def _line_feed(self):
        if self.y + 1 < self.rows:
            self.y += 1
        else:
            self.cells = self.cells[1:] + [self._blank_row()]

    def _sequence(self, prefix, final, parameters):
        numbers = [int(number or 0) for number in re.split("[;:]", parameters)]
        count = max(1, numbers[0])
        if prefix == "?" and final in "hl":
            self._mode(numbers, final == "h")
        elif prefix:
            return
        elif final in "Hf":
            column = numbers[1] if len(numbers) > 1 else 1
            self.x, self.y = self._inside(max(1, column) - 1, count - 1)
        elif final in "ABCD":
            right, down = {"A": (0, -1), "B": (0, 1), "C": (1, 0), "D": (-1, 0)}[final]
            self.x, self.y = self._inside(self.x + right * count, self.y + down * count)
        elif final == "G":
            self.x, _ = self._inside(count - 1, self.y)
        elif final == "d":
            _, self.y = self._inside(self.x, count - 1)
        elif final in "JK":
            self._erase(final, numbers[0])
        elif final == "P":
            row = self.cells[self.y]
            self.cells[self.y] = row[: self.x] + row[self.x + count :] + [BLANK] * min(count, self.columns - self.x)
        elif final == "@":
            row = self.cells[self.y]
            self.cells[self.y] = (row[: self.x] + [BLANK] * count + row[self.x :])[: self.columns]
        elif final == "m":
            self._select(numbers)

    def _inside(self, x, y):
        return min(max(0, x), self.columns - 1), min(max(0, y), self.rows - 1)

    def _mode(self, numbers, is_set):
        for number in numbers:
            if number == 25:
                self.cursor_is_shown = is_set
            elif number == 1049 and is_set and self._main_screen is None:
                self._main_screen = (self.cells, self.x, self.y)
                self.cells = self._blank()
            elif number == 1049 and not is_set and self._main_screen is not None:
                self.cells, self.x, self.y = self._main_screen
                self._main_screen = None

    def _erase(self, final, what):
        blank = Cell(" ", Style(background=self.style.background))
        row = self.cells[self.y]
        first = 0 if what in (1, 2) else self.x
        last = self.columns if what in (0, 2) else self.x + 1
        row[first:last] = [blank] * (last - first)
        if final == "J":
            others = range(self.y + 1, self.rows) if what == 0 else range(self.y) if what == 1 else range(self.rows)
            for y in others:
                self.cells[y] = [blank] * self.columns

    def _select(self, numbers):
        numbers = iter(numbers)
        for number in numbers:
            if number == 0:
                self.style = Style()
            elif number in (1, 2, 4, 7):
                name = {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[number]
                self.style = self.style._replace(**{name: True})
            elif number == 22:
                self.style = self.style._replace(bold=False, dim=False)
            elif number in (24, 27):
                self.style = self.style._replace(**{"underline" if number == 24 else "reverse": False})
            elif number in (38, 48):
                name = "foreground" if number == 38 else "background"
                self.style = self.style._replace(**{name: extended(numbers)})
            elif number in (39, 49):
                self.style = self.style._replace(**{"foreground" if number == 39 else "background": None})
            else:
                self._select_one_of_sixteen(number)

    def _select_one_of_sixteen(self, number):
        for first, color, name in ((30, 0, "foreground"), (40, 0, "background"), (90, 8, "foreground"), (100, 8, "background")):
            if first <= number < first + 8:
                self.style = self.style._replace(**{name: color + number - first})


def extended(numbers):
    """The color behind 38 or 48: `5;N` or `2;R;G;B`."""
    if next(numbers, 0) == 5:
        return next(numbers, 0)
    return "#%02x%02x%02x" % tuple(next(numbers, 0) for _ in range(3))
