// What is wrong with a zone's corners; the server says the same (console/polygon.py).

const SMALLEST_AREA = 1e-4; // of the picture

/** null, or [a text's key, its values]. Corners are [x, y], each 0 … 1. */
export function faultOf(polygon) {
  if (polygon.length < 3) return ['zones.few', {}];
  if (new Set(polygon.map(String)).size < polygon.length) return ['zones.twice', {}];
  const sides = polygon.map((corner, place) => [corner, polygon[(place + 1) % polygon.length]]);
  for (const [place, one] of sides.entries()) {
    const met = sides.findIndex((other, number) => number > place && meet(one, other));
    if (met >= 0) return ['zones.crosses', { first: place + 1, second: met + 1 }];
  }
  const area = sides.reduce((sum, [[x1, y1], [x2, y2]]) => sum + x1 * y2 - x2 * y1, 0) / 2;
  return Math.abs(area) < SMALLEST_AREA ? ['zones.thin', {}] : null;
}

function meet(one, other) {
  const shared = one.find((corner) => other.some((point) => same(corner, point)));
  if (shared) {
    const [left] = one.filter((point) => !same(point, shared));
    const [right] = other.filter((point) => !same(point, shared));
    return turn(left, shared, right) === 0 && !isWithin([left, right], shared); // one runs back along the other
  }
  const turns = [...other.map((point) => turn(...one, point)), ...one.map((point) => turn(...other, point))];
  if (turns[0] * turns[1] < 0 && turns[2] * turns[3] < 0) return true;
  return [...other, ...one].some((point, place) => turns[place] === 0 && isWithin(place < 2 ? one : other, point));
}

function turn([x1, y1], [x2, y2], [x, y]) {
  return (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
}

function isWithin([[x1, y1], [x2, y2]], [x, y]) {
  return Math.min(x1, x2) <= x && x <= Math.max(x1, x2) && Math.min(y1, y2) <= y && y <= Math.max(y1, y2);
}

function same(one, other) {
  return one[0] === other[0] && one[1] === other[1];
}
