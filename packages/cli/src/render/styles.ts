/** The colours of builds, in the order in which builds take them. */
const BUILD_COLOURS = [32, 36, 35, 33, 34];
const RED = 31;

export type Style = (text: string) => string;

/** Escape sequences for a terminal, or none at all. */
export interface Styles {
  readonly build: (index: number) => Style;
  readonly error: Style;
  readonly warning: Style;
  readonly underline: Style;
  readonly faint: Style;
}

export function stylesFor(areOn: boolean): Styles {
  const style =
    (codes: string): Style =>
    (text) =>
      areOn ? `\u001b[${codes}m${text}\u001b[0m` : text;
  return {
    build: (index) => style(`1;${BUILD_COLOURS[index % BUILD_COLOURS.length] ?? RED}`),
    error: style(`1;${RED}`),
    warning: style("1;33"),
    underline: style("4"),
    faint: style("2"),
  };
}
