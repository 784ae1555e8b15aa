const REASONS = { SIGINT: "interrupt", SIGTERM: "terminated", SIGHUP: "hangup" } as const;
type Signal = keyof typeof REASONS;

/**
 * Listens for the signals by which users and systems end a program. The first one calls `first` with its name, the second one
 * `second`. Gives the function that ends this.
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
  const signals = Object.keys(REASONS) as Signal[]; // the keys of an object that is written down above
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
