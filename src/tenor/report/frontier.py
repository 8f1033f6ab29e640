"""The best-value frontier: what no other is better than at the same cost or less."""

from collections.abc import Sequence


def frontier(points: Sequence[tuple[float, float]]) -> list[int]:
    """Return the places of the (cost, value) that are best for their cost, the cheapest first.

    Of several with one cost the best is taken, and of equals the first.
    """
    found: list[int] = []
    for place in sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1])):
        if not found or points[place][1] > points[found[-1]][1]:
            found.append(place)
    return found
