/*
 * Time limits that work on a busy machine. CPU time of other processes is neither computing nor waiting time here.
 */

/** @returns a function for the milliseconds that this process has computed since */
export function computing(): () => number {
  const begun = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };
}

/** @returns a function for the milliseconds that the event loop has been idle since */
export function waiting(): () => number {
  const begun = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(begun).idle;
}
