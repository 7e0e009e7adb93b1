// A screen at an entrance must not go dark.

/** Keep the screen on until the signal; browsers let go of it whenever the tab is hidden. */
export function stayAwake(signal) {
  let lock = null;
  const hold = async () => {
    if (document.hidden || signal.aborted) return;
    try {
      lock = await navigator.wakeLock?.request('screen');
      if (signal.aborted) await lock?.release();
    } catch {
      lock = null; // refused, as on a battery that is nearly empty
    }
  };
  document.addEventListener('visibilitychange', hold, { signal });
  signal.addEventListener('abort', () => lock?.release(), { once: true });
  hold();
}
