/** The table behind the charts: a row a time, a column a vital sign, newest first. Pure; times in epoch ms. */

export interface FlowsheetSource {
  readonly code: string;
  readonly t: readonly number[];
  /** One text a time: already formatted, "138/88" for blood pressure. */
  readonly text: readonly (string | null)[];
}

export interface FlowsheetRow {
  readonly t: number;
  readonly cells: Readonly<Record<string, string>>;
}

const minute = 60_000;

/** Readings of one minute share a row; the newest of that minute stands in its cell. */
export function flowsheet(
  sources: readonly FlowsheetSource[],
  start: number,
  end: number,
  limit: number,
): FlowsheetRow[] {
  const rows = new Map<number, Record<string, string>>();
  for (const source of sources) {
    source.t.forEach((t, i) => {
      const text = source.text[i];
      if (t < start || t > end || text === null || text === undefined) return;
      const key = Math.floor(t / minute) * minute;
      const cells = rows.get(key) ?? {};
      cells[source.code] = text;
      rows.set(key, cells);
    });
  }
  return [...rows]
    .sort(([a], [b]) => b - a)
    .slice(0, limit)
    .map(([t, cells]) => ({ t, cells }));
}
