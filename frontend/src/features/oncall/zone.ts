/** Days and times on a team's wall clock. Pure. Instants are epoch ms, days "2026-11-23", wall times "2026-11-23T07:00". */

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function wallFormat(zone: string): Intl.DateTimeFormat {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  formats.set(zone, format);
  return format;
}

/** What the zone's clock shows, as if it were UTC. */
function shown(at: number, zone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of wallFormat(zone).formatToParts(at)) part[type] = Number(value);
  return Date.UTC(
    part.year ?? 0,
    (part.month ?? 1) - 1,
    part.day ?? 1,
    part.hour ?? 0,
    part.minute ?? 0,
    part.second ?? 0,
  );
}

/** "2026-11-23T07:00" on the zone's clock. */
export function wallTime(at: number, zone: string): string {
  return new Date(shown(at, zone)).toISOString().slice(0, 16);
}

export function dayOf(at: number, zone: string): string {
  return wallTime(at, zone).slice(0, 10);
}

/** The instant at which the zone's clock shows `wall`; the earlier one of two. NaN if it is no time. */
export function instantOf(wall: string, zone: string): number {
  const wanted = Date.parse(`${wall}Z`);
  if (Number.isNaN(wanted)) return Number.NaN;
  const offsets = [wanted - dayMs, wanted + dayMs].map((near) => shown(near, zone) - near);
  const fitting = offsets.map((offset) => wanted - offset).filter((at) => shown(at, zone) === wanted);
  // A time that the clocks skip: as if they had not been set forward yet.
  return fitting.length > 0 ? Math.min(...fitting) : wanted - (offsets[0] ?? 0);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

export function startOfDay(day: string, zone: string): number {
  return instantOf(`${day}T00:00`, zone);
}

export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
