/** Figures as people read them. Pure. */
import { formatNumber } from "../../lib/format";

/** What there is nothing to say of. */
const nothing = "–";

export function figure(value: number | null): string {
  if (value === null) return nothing;
  if (value === 0 || value >= 10) return formatNumber(value, 0);
  // Two digits that say something: one alert in thirty days is not none.
  return formatNumber(value, value < 0.1 ? 3 : value < 1 ? 2 : 1);
}

export function share(value: number | null): string {
  return value === null ? nothing : `${formatNumber(value * 100, 0)} %`;
}

export function minutes(seconds: number | null): string {
  if (seconds === null) return nothing;
  if (seconds < 60) return `${formatNumber(seconds, 0)} s`;
  return seconds < 7200 ? `${formatNumber(seconds / 60, 0)} min` : `${formatNumber(seconds / 3600, 1)} h`;
}
