/** What came of one line. */
export interface LineResult {
  readonly text: string;
  /** Undefined: nothing was wrong. */
  readonly status?: 0 | 1;
}

/** Answers the lines of a console. */
export interface LineEvaluator {
  /** Evaluates a line, and reports what is wrong with it. */
  evaluate(line: string): LineResult;
  readonly help: string;
  /** Words that may be typed. */
  readonly words: readonly string[];
}

/** Answers a line: one of the console's own words, or something to evaluate. */
export function answerLine(line: string, evaluator: LineEvaluator): LineResult {
  if (line === "" || line === "exit") return { text: "" };
  if (line === "help") return { text: evaluator.help };
  return evaluator.evaluate(line);
}
