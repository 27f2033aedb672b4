/*
 * Bounds of time that hold on a busy machine. What other processes do with the processor counts neither as work of this
 * one nor as waiting.
 */

/** @returns the milliseconds that this process has computed since */
export function computing(): () => number {
  const begun = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };
}

/** @returns the milliseconds that the event loop has had nothing to do since */
export function waiting(): () => number {
  const begun = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(begun).idle;
}
