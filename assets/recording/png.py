"""Draws a screen as a PNG. Needs pillow and the DejaVu Sans Mono fonts."""

from PIL import Image, ImageDraw, ImageFont

from .look import AREAS, BACKGROUND, LINES, colors

FONTS = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono"
MARGIN = 8


def picture(screen, size, path):
    """Draws the rows of `screen` in letters of `size` pixels."""
    regular, bold = (ImageFont.truetype(FONTS + kind, size) for kind in (".ttf", "-Bold.ttf"))
    cell = round(regular.getlength("M")), sum(regular.getmetrics())
    extent = len(screen[0]) * cell[0] + 2 * MARGIN, len(screen) * cell[1] + 2 * MARGIN
    image = Image.new("RGB", extent, BACKGROUND)
    draw = ImageDraw.Draw(image)
    for y, row in enumerate(screen):
        for x, shown in enumerate(row):
            at = MARGIN + x * cell[0], MARGIN + y * cell[1]
            draw_cell(draw, shown, at, cell, bold if shown.style.bold else regular)
    image.quantize(palette=palette(screen), dither=Image.Dither.NONE).save(path, optimize=True)


def palette(screen):
    """The colors of the screen, and those at the edges of letters."""
    pairs = {colors(cell.style) for row in screen for cell in row}
    steps = 256 // len(pairs)
    found = []
    for pair in sorted(pairs):
        one, other = ([int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in pair)
        for step in range(steps):
            share = step / (steps - 1)
            found += [round(a + (b - a) * share) for a, b in zip(one, other)]
    image = Image.new("P", (1, 1))
    image.putpalette(found)
    return image


def draw_cell(draw, shown, at, cell, font):
    foreground, background = colors(shown.style)
    left, top = at
    right, bottom = left + cell[0], top + cell[1]

    def place(points):
        return [(round(left + x * cell[0]), round(top + y * cell[1])) for x, y in points]

    if background != BACKGROUND:
        draw.rectangle([left, top, right - 1, bottom - 1], fill=background)
    if shown.text in AREAS:
        points = place(AREAS[shown.text])
        if len({x for x, _ in points}) == 2:
            (x0, y0), (x1, y1) = min(points), max(points)
            draw.rectangle([x0, y0, x1 - 1, y1 - 1], fill=foreground)
        else:
            draw.polygon(points, fill=foreground)
    elif shown.text in LINES:
        for line in LINES[shown.text]:
            draw.line(place(line), fill=foreground)
    else:
        draw.text(at, shown.text, font=font, fill=foreground)
    if shown.style.underline:
        draw.line([left, bottom - 2, right - 1, bottom - 2], fill=foreground)
