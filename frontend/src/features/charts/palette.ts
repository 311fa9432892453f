/** Colours of the chart as the canvas needs them: resolved from the theme's CSS variables at the element's scheme. */

export interface Palette {
  readonly line: string;
  readonly band: string;
  readonly text: string;
  readonly grid: string;
  readonly limit: string;
  readonly limitFill: string;
  readonly ground: string;
  readonly quarantined: string;
  readonly high: string;
  readonly medium: string;
  readonly low: string;
}

const variables: Record<keyof Palette, string> = {
  line: "--chart-line",
  band: "--chart-band",
  text: "--chart-text",
  grid: "--chart-grid",
  limit: "--chart-limit",
  limitFill: "--chart-limit-fill",
  ground: "--chart-ground",
  quarantined: "--chart-quarantined",
  high: "--chart-high",
  medium: "--chart-medium",
  low: "--chart-low",
};

/** A canvas cannot read `var()` or `light-dark()`: a probe element lets the browser resolve them. */
export function readPalette(host: HTMLElement): Palette {
  const probe = document.createElement("span");
  probe.style.display = "none";
  host.append(probe);
  const resolve = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    line: resolve(variables.line),
    band: resolve(variables.band),
    text: resolve(variables.text),
    grid: resolve(variables.grid),
    limit: resolve(variables.limit),
    limitFill: resolve(variables.limitFill),
    ground: resolve(variables.ground),
    quarantined: resolve(variables.quarantined),
    high: resolve(variables.high),
    medium: resolve(variables.medium),
    low: resolve(variables.low),
  };
  probe.remove();
  return palette;
}
