"""What cells look like: their colors, and the characters that are drawn as shapes, so that neighbors touch in any font."""

BACKGROUND, FOREGROUND = "#15181d", "#d5dae3"
SIXTEEN = (
    "#15181d #e0606a #7dbf7c #d8b56f #6ea3ea #b98ade #55b8cb #d5dae3 "
    "#6b7585 #f47d85 #83c982 #e5c07b #7fb3f5 #c9a0ec #56c2d6 #ffffff"
).split()


def color(value, default):
    if value is None:
        return default
    if isinstance(value, str):
        return value
    if value < 16:
        return SIXTEEN[value]
    if value >= 232:
        return "#" + "%02x" % (8 + 10 * (value - 232)) * 3
    steps = (0, 95, 135, 175, 215, 255)
    value -= 16
    return "#%02x%02x%02x" % (steps[value // 36], steps[value // 6 % 6], steps[value % 6])


def mixed(one, other):
    """The color halfway between two."""
    parts = [(int(one[at : at + 2], 16) + int(other[at : at + 2], 16)) // 2 for at in (1, 3, 5)]
    return "#%02x%02x%02x" % tuple(parts)


def colors(style):
    """Foreground and background as they are shown."""
    foreground, background = color(style.foreground, FOREGROUND), color(style.background, BACKGROUND)
    if style.dim:
        foreground = mixed(foreground, background)
    return (background, foreground) if style.reverse else (foreground, background)


# Shapes are in units of a cell. A line is a list of points; an area is filled.
LINES = {
    "─": [[(0, 0.5), (1, 0.5)]],
    "│": [[(0.5, 0), (0.5, 1)]],
    "├": [[(0.5, 0), (0.5, 1)], [(0.5, 0.5), (1, 0.5)]],
    "┤": [[(0.5, 0), (0.5, 1)], [(0, 0.5), (0.5, 0.5)]],
    "┬": [[(0, 0.5), (1, 0.5)], [(0.5, 0.5), (0.5, 1)]],
    "┴": [[(0, 0.5), (1, 0.5)], [(0.5, 0), (0.5, 0.5)]],
    "┼": [[(0, 0.5), (1, 0.5)], [(0.5, 0), (0.5, 1)]],
    "╭": [[(0.5, 1), (0.5, 0.7), (0.6, 0.55), (0.8, 0.5), (1, 0.5)]],
    "╮": [[(0.5, 1), (0.5, 0.7), (0.4, 0.55), (0.2, 0.5), (0, 0.5)]],
    "╰": [[(0.5, 0), (0.5, 0.3), (0.6, 0.45), (0.8, 0.5), (1, 0.5)]],
    "╯": [[(0.5, 0), (0.5, 0.3), (0.4, 0.45), (0.2, 0.5), (0, 0.5)]],
    "▱": [[(0.1, 0.68), (0.32, 0.32), (0.92, 0.32), (0.7, 0.68), (0.1, 0.68)]],
}
AREAS = {
    "┃": [(0.38, 0), (0.62, 0), (0.62, 1), (0.38, 1)],
    "▰": [(0.05, 0.72), (0.3, 0.28), (0.97, 0.28), (0.72, 0.72)],
    "█": [(0, 0), (1, 0), (1, 1), (0, 1)],
    "▀": [(0, 0), (1, 0), (1, 0.5), (0, 0.5)],
    "▄": [(0, 0.5), (1, 0.5), (1, 1), (0, 1)],
    "▌": [(0, 0), (0.5, 0), (0.5, 1), (0, 1)],
    "▐": [(0.5, 0), (1, 0), (1, 1), (0.5, 1)],
}


def is_shape(character):
    return character in LINES or character in AREAS
