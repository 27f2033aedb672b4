/**
 * Combines the signals that end a run: from a runner, a person, or a terminal that is closed. After the first, the run
 * reports what it knows. The next one ends the process at once.
 * @returns a signal that is aborted by the first of them; its reason names it
 */
export function cancellation(): AbortSignal {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const cancel = (name: NodeJS.Signals): void => {
    for (const each of names) process.off(each, cancel);
    controller.abort(`the run was canceled (${name})`);
  };
  for (const name of names) process.on(name, cancel);
  return controller.signal;
}
