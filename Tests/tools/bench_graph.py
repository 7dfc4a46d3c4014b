"""The graph: time over the number of affected tests, as an SVG. Both axes are logarithmic."""

import math

WIDTH, HEIGHT = 800, 470
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 52, 56
COLOURS = ["#8a8f98", "#4c9be8", "#3fa34d", "#b5651d", "#d6336c", "#7048e8"]


def draw(title, points):
    """:param points: of each line, by its label, the pairs of affected tests and seconds"""
    xs = [x for line in points.values() for x, _ in line]
    ys = [y for line in points.values() for _, y in line]
    x_of = _axis(0, math.log10(max(xs) + 1), LEFT, WIDTH - RIGHT, lambda x: math.log10(x + 1))
    y_of = _axis(math.log10(min(ys) * 0.8), math.log10(max(ys) * 1.25), HEIGHT - BOTTOM, TOP, math.log10)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" font-family="sans-serif" font-size="13">'.format(
            WIDTH, HEIGHT),
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        '<text x="{}" y="22" font-size="15">{}</text>'.format(LEFT, title),
    ]
    for x in sorted(set(xs)):
        parts += [_line(x_of(x), TOP, x_of(x), HEIGHT - BOTTOM, "#e6e8eb"),
                  _text(x_of(x), HEIGHT - BOTTOM + 20, str(x), "middle")]
    for y in _ticks(min(ys) * 0.8, max(ys) * 1.25):
        parts += [_line(LEFT, y_of(y), WIDTH - RIGHT, y_of(y), "#e6e8eb"), _text(LEFT - 8, y_of(y) + 4, "%g" % y, "end")]
    parts += [_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "affected tests", "middle"),
              _text(14, TOP - 8, "seconds", "start")]
    for place, (label, line) in enumerate(points.items()):
        ours = place == len(points) - 1
        colour = COLOURS[-2] if ours else COLOURS[place % 4]
        path = " ".join("{:.1f},{:.1f}".format(x_of(x), y_of(y)) for x, y in sorted(line))
        parts.append('<polyline points="{}" fill="none" stroke="{}" stroke-width="{}"/>'.format(
            path, colour, 3 if ours else 1.5))
        parts += ['<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/>'.format(x_of(x), y_of(y), colour) for x, y in line]
        y = TOP + 16 + 20 * place
        parts += [_line(WIDTH - RIGHT + 14, y - 4, WIDTH - RIGHT + 34, y - 4, colour, 3 if ours else 1.5),
                  _text(WIDTH - RIGHT + 40, y, label, "start")]
    return "\n".join(parts + ["</svg>"]) + "\n"


def _axis(low, high, start, end, scale):
    return lambda value: start + (scale(value) - low) / (high - low) * (end - start)


def _ticks(low, high):
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [step * 10.0 ** power for power in powers for step in (1, 2, 5) if low <= step * 10.0 ** power <= high]


def _line(x1, y1, x2, y2, colour, width=1):
    return '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"/>'.format(
        x1, y1, x2, y2, colour, width)


def _text(x, y, text, anchor):
    return '<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'.format(x, y, anchor, text)
