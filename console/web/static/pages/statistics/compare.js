// Two periods beside each other, and whether they really differ.

/**
 * How much more the share `now` is than `before` (each {value, low, high}), with its 95 % interval: {value, low, high, isNoise}.
 * Newcombe 1998 (Statistics in Medicine 17, 873-890), method 10: made of the two Wilson intervals. Null without one of them.
 */
export function difference(now, before) {
  if (!now || !before) return null;
  const value = now.value - before.value;
  const low = value - Math.hypot(now.value - now.low, before.high - before.value);
  const high = value + Math.hypot(now.high - now.value, before.value - before.low);
  return { value, low, high, isNoise: low <= 0 && high >= 0 };
}

/** How much more a count is: {value, share}; `share` of what it was, null where that was nothing. */
export function growth(now, before) {
  return { value: now - before, share: before ? (now - before) / before : null };
}
