/** What a reader chose for the board on this device. */
import { useCallback, useState } from "react";

export type Density = "compact" | "roomy";

export interface BoardSettings {
  /** null: nobody chose, the board decides. */
  readonly columns: readonly string[] | null;
  readonly density: Density;
  readonly inboxOpen: boolean;
}

const storageKey = "pmp.board";
const initial: BoardSettings = { columns: null, density: "compact", inboxOpen: true };

/** Whatever the storage holds, what comes out is a valid choice. */
export function parseSettings(text: string | null): BoardSettings {
  if (text === null) return initial;
  try {
    const stored: unknown = JSON.parse(text);
    if (typeof stored !== "object" || stored === null) return initial;
    const columns = "columns" in stored && Array.isArray(stored.columns) ? stored.columns : null;
    return {
      columns: columns?.filter((code): code is string => typeof code === "string") ?? null,
      density: "density" in stored && stored.density === "roomy" ? "roomy" : "compact",
      inboxOpen: !("inboxOpen" in stored && stored.inboxOpen === false),
    };
  } catch {
    return initial;
  }
}

export function useBoardSettings(): [BoardSettings, (change: Partial<BoardSettings>) => void] {
  const [settings, setSettings] = useState(() => parseSettings(localStorage.getItem(storageKey)));
  const change = useCallback((part: Partial<BoardSettings>) => {
    setSettings((old) => {
      const next = { ...old, ...part };
      localStorage.setItem(storageKey, JSON.stringify(next));
      return next;
    });
  }, []);
  return [settings, change];
}
