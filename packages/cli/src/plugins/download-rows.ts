import { progressText } from "../terminal/build-rows.js";
import type { LiveRow } from "../terminal/live-view.js";
import { columnsOf, padColumns } from "../terminal/text-width.js";
import type { Styles } from "../render/styles.js";

/** Keeps in mind which downloads run, and tells it in one row for each. */
export class DownloadRows {
  readonly #styles: Styles;
  readonly #running = new Map<string, { readonly done: number; readonly total: number | undefined }>();

  constructor(styles: Styles) {
    this.#styles = styles;
  }

  note(name: string, done: number, total: number | undefined): void {
    this.#running.set(name, { done, total });
  }

  end(name: string): void {
    this.#running.delete(name);
  }

  rows({ columns }: { readonly columns: number }): readonly LiveRow[] {
    const width = Math.max(0, ...[...this.#running.keys()].map(columnsOf));
    return [...this.#running].map(([name, { done, total }]) => {
      const progress = { id: name, label: padColumns(name, width), done, unit: "bytes", finished: false };
      const text = progressText(total === undefined ? progress : { ...progress, total }, columns);
      return { text, style: this.#styles.faint };
    });
  }
}
