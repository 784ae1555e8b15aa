const REASONS = { SIGINT: "interrupt", SIGTERM: "terminated", SIGHUP: "hangup" } as const;
type Signal = keyof typeof REASONS;

/** The signals by which users and systems end a program. */
export const SIGNALS = Object.keys(REASONS) as readonly Signal[]; // the keys of an object that is written down above

/**
 * Listens for these signals. The first one calls `first` with its name, the second one `second`. Gives the function that ends this.
 */
export function listenForInterrupts(listeners: {
  readonly first: (reason: string) => void;
  readonly second: () => void;
}): () => void {
  let count = 0;
  const onSignal = (signal: Signal): void => {
    count++;
    if (count === 1) listeners.first(REASONS[signal]);
    else listeners.second();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
