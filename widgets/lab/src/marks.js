// Which cells changed lately. Rows are told by their keys, so that a row that moved is not taken for a change.

/** How long a changed cell is marked, in ms. */
export const MARK_MS = 600;

/** @typedef {{texts: string[], until: number[]|null}} Row until: a time a column, when it was changed */

export class Marks {
  constructor() {
    /** @type {Map<number, Row>} */
    this.rows = new Map();
  }

  /**
   * next takes the rows of the next frame, with the texts of the columns in sight.
   * @param {Map<number, string[]>} rows texts by key; holes are columns out of sight
   * @param {number} now
   */
  next(rows, now) {
    /** @type {Map<number, Row>} */
    const next = new Map();
    for (const [key, texts] of rows) {
      const old = this.rows.get(key);
      let until = old?.until ?? null;
      if (old) {
        texts.forEach((text, c) => {
          if (old.texts[c] !== undefined && old.texts[c] !== text) (until ??= [])[c] = now + MARK_MS;
        });
      }
      next.set(key, { texts, until });
    }
    this.rows = next;
  }

  /** @param {number} key @param {number} c @param {number} now */
  isMarked(key, c, now) {
    return (this.rows.get(key)?.until?.[c] ?? 0) > now;
  }

  /** clear forgets, so that the next frame marks nothing. */
  clear() {
    this.rows.clear();
  }
}
