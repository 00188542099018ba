"""Draws a recording as an animated SVG. Rows that occur in several frames are drawn once."""

import html
import itertools
import json
import re

from .look import AREAS, BACKGROUND, LINES, colors, is_shape
from .terminal import BLANK, Terminal

WIDTH, HEIGHT, SIZE = 8, 17, 13
MARGIN = 10
# What is printed within this time is one frame.
ONE_FRAME = 0.05
LONGEST, LAST = 1.6, 3.0
FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"


def animation(cast, shown_at_rest):
    """The cast as an SVG that runs in a loop; with reduced motion it rests at the first frame that shows a text."""
    (columns, rows), shown = frames(cast)
    drawing = Drawing(columns)
    strip, keyframes = [], []
    total = sum(duration for _, duration in shown)
    width, height = columns * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN
    elapsed = 0.0
    for index, (frame, duration) in enumerate(shown):
        uses = "".join(drawing.use(row, y) for y, row in enumerate(frame) if any(cell != BLANK for cell in row))
        strip.append(f'<g transform="translate({index * width})">{uses}</g>')
        keyframes.append(f"{100 * elapsed / total:.3f}%{{transform:translateX({-index * width}px)}}")
        elapsed += duration
    texts = ["\n".join("".join(cell.text for cell in row) for row in frame) for frame, _ in shown]
    rest = next(index for index, text in enumerate(texts) if shown_at_rest in text)
    style = (
        f"text{{font:{SIZE}px {FONTS}}}.b{{font-weight:bold}}.u{{text-decoration:underline}}"
        f"path{{fill:none;stroke-width:1.2}}rect{{shape-rendering:crispEdges}}{drawing.classes()}"
        f"#film{{transform:translateX({-rest * width}px)}}"
        f"@media (prefers-reduced-motion:no-preference){{#film{{animation:film {total:.2f}s step-end infinite}}}}"
        f"@keyframes film{{{''.join(keyframes)}}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f"<style>{style}</style>\n<defs>\n{drawing.definitions()}</defs>\n"
        f'<rect width="{width}" height="{height}" rx="8" style="shape-rendering:auto" fill="{BACKGROUND}"/>\n'
        f'<svg x="{MARGIN}" y="{MARGIN}" width="{columns * WIDTH}" height="{rows * HEIGHT}">\n'
        f'<g id="film">\n' + "\n".join(strip) + "\n</g></svg></svg>\n"
    )


def frames(cast):
    """The screen's size, and each screen with the seconds that it stays."""
    header, *lines = map(json.loads, cast.splitlines())
    size = header["width"], header["height"]
    terminal = Terminal(*size)
    shown = []
    for (at, _, text), following in itertools.zip_longest(lines, lines[1:]):
        terminal.feed(text)
        if following and following[0] - at < ONE_FRAME:
            continue
        screen = terminal.snapshot()
        if not shown or shown[-1][0] != screen:
            shown.append((screen, at))
    ends = [at for _, at in shown[1:]] + [shown[-1][1] + LAST]
    durations = [min(end - at, LONGEST) for (_, at), end in zip(shown, ends)]
    durations[-1] = LAST
    return size, [(screen, duration) for (screen, _), duration in zip(shown, durations)]


class Drawing:
    def __init__(self, columns):
        self._columns = columns
        self._rows = {}
        self._colors = {}

    def use(self, row, y):
        name = self._rows.setdefault(row, f"r{len(self._rows)}")
        return f'<use href="#{name}" y="{y * HEIGHT}"/>'

    def definitions(self):
        return "".join(f'<g id="{name}">{self._row(row)}</g>\n' for row, name in self._rows.items())

    def classes(self):
        self.definitions()
        return "".join(f".{name}{{fill:{color}}}.s{name}{{stroke:{color}}}" for color, name in self._colors.items())

    def _class(self, color):
        return self._colors.setdefault(color, f"c{len(self._colors)}")

    def _row(self, row):
        return self._backgrounds(row) + self._shapes(row) + self._texts(row)

    def _backgrounds(self, row):
        parts = []
        for background, run in runs(row, lambda cell: colors(cell.style)[1]):
            if background != BACKGROUND:
                place = f'x="{run[0] * WIDTH}" width="{len(run) * WIDTH}" height="{HEIGHT + 0.5}"'
                parts.append(f'<rect class="{self._class(background)}" {place}/>')
        return "".join(parts)

    def _shapes(self, row):
        lines, areas = {}, {}
        for (character, foreground), run in runs(row, lambda cell: (cell.text, colors(cell.style)[0])):
            if character == "─":
                straight = [(run[0], 0.5), (run[-1] + 1, 0.5)]
                lines.setdefault(foreground, []).append(path(0, straight))
            elif character in LINES:
                lines.setdefault(foreground, []).extend(path(x, line) for x in run for line in LINES[character])
            elif character in AREAS:
                style = f"fill:{foreground}" if character == "▰" else f"fill:{foreground};shape-rendering:crispEdges"
                areas.setdefault(style, []).extend(path(x, AREAS[character]) + "Z" for x in run)
        strokes = (f'<path class="s{self._class(color)}" d="{"".join(parts)}"/>' for color, parts in lines.items())
        fills = (f'<path style="{style}" d="{"".join(parts)}"/>' for style, parts in areas.items())
        return "".join(itertools.chain(strokes, fills))

    def _texts(self, row):
        parts = []
        for kind, run in runs(row, text_kind):
            if kind is None:
                continue
            (foreground, bold, underline) = kind[:3]
            names = " ".join([self._class(foreground)] + ["b"] * bold + ["u"] * underline)
            # Browsers do not agree on what several spaces in a row are, so no text holds them.
            for word in re.finditer(r"\S+( \S+)*", "".join(row[x].text for x in run)):
                x, width = (run[0] + word.start()) * WIDTH, len(word[0]) * WIDTH
                text = html.escape(word[0], quote=False)
                parts.append(f'<text class="{names}" x="{x}" y="{HEIGHT - 4}" textLength="{width}">{text}</text>')
        return "".join(parts)


def text_kind(cell):
    """What cells of one text have in common. Symbols stand alone: their widths differ among fonts."""
    if is_shape(cell.text):
        return None
    style = cell.style
    kind = (colors(style)[0], style.bold, style.underline)
    return kind if cell.text.isascii() else (*kind, cell.text)


def runs(row, kind):
    """The indices of cells that stand together and are of one kind."""
    for found, run in itertools.groupby(range(len(row)), key=lambda x: kind(row[x])):
        yield found, list(run)


def path(x, points):
    return "M" + "L".join(f"{round((x + right) * WIDTH, 1):g} {round(down * HEIGHT, 1):g}" for right, down in points)
