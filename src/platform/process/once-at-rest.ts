import { performance } from 'node:perf_hooks';

/** Below this share of its time at work, a process has time for what requests would wait for. */
const busyShare = 0.2;

/** Does the work once, after the first stretch of so many milliseconds in which the process had little to do. */
export function onceAtRest(work: () => void, stretchMs: number): void {
  let seen = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(seen);
    seen = performance.eventLoopUtilization();
    if (utilization > busyShare) return;
    clearInterval(timer);
    work();
  }, stretchMs);
  timer.unref();
}
