/** Who comes first on the board, and which rows a filter keeps. Pure. */
import type { Alert, BoardItem } from "../../api/types";
import { byUrgency } from "../alerts/order";

export type StateFilter = "all" | "alerts" | "stale";

export interface BoardFilter {
  readonly ward: string | null;
  readonly state: StateFilter;
  readonly search: string;
}

export interface BoardRow {
  readonly item: BoardItem;
  /** Open ones, the most urgent first. */
  readonly alerts: readonly Alert[];
  readonly stale: boolean;
}

export type AlertsByPatient = ReadonlyMap<string, readonly Alert[]>;

export const staleAfterMs = 24 * 3_600_000;

const none: readonly Alert[] = [];

export function isStale(at: string | null, now: number): boolean {
  return at === null || now - Date.parse(at) > staleAfterMs;
}

export function groupByPatient(open: readonly Alert[]): AlertsByPatient {
  const groups = new Map<string, Alert[]>();
  for (const alert of open.toSorted(byUrgency)) {
    if (alert.patient_id === null) continue;
    const group = groups.get(alert.patient_id);
    if (group) group.push(alert);
    else groups.set(alert.patient_id, [alert]);
  }
  return groups;
}

/** Most acute first: the most urgent open alert decides, then the most recent contact. */
export function boardRows(items: readonly BoardItem[], alerts: AlertsByPatient, now: number): BoardRow[] {
  return items
    .map((item) => ({ item, alerts: alerts.get(item.patient.id) ?? none, stale: isStale(item.last_contact_at, now) }))
    .sort(moreAcute);
}

function moreAcute(a: BoardRow, b: BoardRow): number {
  const [first, second] = [a.alerts[0], b.alerts[0]];
  if (first && second) return byUrgency(first, second) || byContact(a, b);
  if (first || second) return first ? -1 : 1;
  return byContact(a, b);
}

/** To the hour, so that rows without alerts do not swap places at every reading while someone reads them. */
function byContact(a: BoardRow, b: BoardRow): number {
  const hours = ({ item }: BoardRow) =>
    item.last_contact_at ? Math.floor(Date.parse(item.last_contact_at) / 3_600_000) : 0;
  return hours(b) - hours(a) || a.item.patient.name.localeCompare(b.item.patient.name);
}

export function filterRows(rows: readonly BoardRow[], filter: BoardFilter): BoardRow[] {
  const words = fold(filter.search).split(/\s+/).filter(Boolean);
  return rows.filter(({ item, alerts, stale }) => {
    if (filter.ward !== null && item.patient.ward !== filter.ward) return false;
    if (filter.state === "alerts" && alerts.length === 0) return false;
    if (filter.state === "stale" && !stale) return false;
    const { name, identifier, ward, room } = item.patient;
    const text = fold([name, identifier, ward, room].filter(Boolean).join(" "));
    return words.every((word) => text.includes(word));
  });
}

/** Case and accents do not matter when a nurse types a name in a hurry. */
function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLocaleLowerCase();
}

export function wardsOf(items: readonly BoardItem[]): string[] {
  return [...new Set(items.flatMap(({ patient }) => patient.ward ?? []))].sort((a, b) => a.localeCompare(b));
}
