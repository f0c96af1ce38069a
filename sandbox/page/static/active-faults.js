// Counts what is set to go wrong.
import { durationMs } from './clock.js';

export function activeFaults(faults) {
  if (!faults) return 0;
  const hosts = Object.values(faults.hosts ?? {}).filter((host) => host.down || durationMs(host.slow) > 0);
  return (faults.pushes?.length ?? 0) + (faults.calls?.length ?? 0) + hosts.length;
}
