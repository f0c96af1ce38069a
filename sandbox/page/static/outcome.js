// What an exchange came to.

const patience = 4900; // Who has waited so long without an answer was left alone, whatever the words of the error.

/** answered, timeout, failed or call. */
export function outcomeOf(x) {
  if (x.error)
    return x.status === 0 && (x.took_ms >= patience || /in time|timeout|timed out/i.test(x.error))
      ? 'timeout'
      : 'failed';
  if (x.code !== 0 || x.status >= 400) return 'failed';
  return x.direction === 'callback' ? 'answered' : 'call';
}
