/**
 * The signals by which a runner or a person at a terminal ends a run, as one. The first lets what is known be
 * reported; the next one ends the process at once, as if nobody had asked.
 */
export function cancellation(): AbortSignal {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const cancel = (name: NodeJS.Signals): void => {
    for (const each of names) process.off(each, cancel);
    controller.abort(`the run was cancelled (${name})`);
  };
  for (const name of names) process.on(name, cancel);
  return controller.signal;
}
