/** Live observations into the cached board. Pure: every change returns a new board, unchanged parts keep identity. */
import type { Board, BoardItem, Observation, Spark } from "../../api/types";

const hour = 3_600_000;
const sparkSpan = 24 * hour;

/** Returns the same board when the observation changes nothing on it. */
export function patchBoard(board: Board, observation: Observation): Board {
  const index = board.items.findIndex((item) => item.patient.id === observation.patient_id);
  const item = board.items[index];
  if (!item) return board;
  const next = patchItem(item, observation);
  return next === item ? board : { ...board, items: board.items.with(index, next) };
}

function patchItem(item: BoardItem, observation: Observation): BoardItem {
  const held = item.latest[observation.code];
  const isSame = held?.id === observation.id;
  if (!isSame && held && Date.parse(held.effective_at) >= Date.parse(observation.effective_at)) return item;
  if (observation.status !== "final" && !isSame) return item;
  return {
    ...item,
    latest: { ...item.latest, [observation.code]: observation },
    sparks: observation.status === "final" ? patchSparks(item.sparks, observation) : item.sparks,
    last_contact_at: later(item.last_contact_at, observation.received_at),
  };
}

function later(a: string | null, b: string): string {
  return a !== null && Date.parse(a) > Date.parse(b) ? a : b;
}

function patchSparks(sparks: Record<string, Spark>, observation: Observation): Record<string, Spark> {
  const t = Date.parse(observation.effective_at);
  const next = { ...sparks };
  const readings = [
    { code: observation.code, value: observation.value },
    ...observation.components.map(({ code, value }) => ({ code, value })),
  ];
  for (const { code, value } of readings) if (value !== null) next[code] = extend(next[code], t, value);
  return next;
}

/** The newest point stands for the running hour: it moves with each reading, and becomes fixed when the hour is over. */
function extend(spark: Spark | undefined, t: number, value: number): Spark {
  if (!spark) return { t: [t], v: [value] };
  const from = spark.t.findIndex((time) => time >= t - sparkSpan);
  const start = from === -1 ? spark.t.length : from;
  const last = spark.t.at(-1) ?? 0;
  if (t < last) return spark;
  const end = Math.floor(last / hour) === Math.floor(t / hour) ? -1 : undefined;
  return { t: [...spark.t.slice(start, end), t], v: [...spark.v.slice(start, end), value] };
}
