/** Wheel and fingers on the stack of plots. The mouse's drag selection belongs to the plot itself. */
import { type RefObject, useEffect, useRef } from "react";
import { drag, pan, type TimeWindow, zoom } from "./timeWindow";

interface Gestures {
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
  /** A plain wheel scrolls the page unless the charts hold the focus. */
  readonly onIgnoredWheel: () => void;
}

/** The first plot's drawing area stands for the shared time axis, without headers and gutters. */
export function useGestures(host: RefObject<HTMLElement | null>, gestures: Gestures): void {
  const latest = useRef(gestures);
  latest.current = gestures;
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => onWheel(event, element, latest.current);
    const touch = touchHandlers(element, () => latest.current);
    element.addEventListener("wheel", wheel, { passive: false });
    element.addEventListener("touchstart", touch.begin, { passive: true });
    element.addEventListener("touchmove", touch.move, { passive: false });
    element.addEventListener("touchend", touch.begin, { passive: true });
    return () => {
      element.removeEventListener("wheel", wheel);
      element.removeEventListener("touchstart", touch.begin);
      element.removeEventListener("touchmove", touch.move);
      element.removeEventListener("touchend", touch.begin);
    };
  }, [host]);
}

function onWheel(event: WheelEvent, element: HTMLElement, { window, onWindow, onIgnoredWheel }: Gestures): void {
  const share = shareAt(element, event.clientX);
  if (share === null) return;
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
  if (sideways || event.shiftKey) {
    event.preventDefault();
    onWindow(pan(window, (sideways ? event.deltaX : event.deltaY) / 800, Date.now()));
    return;
  }
  const meant = event.ctrlKey || event.metaKey || element.contains(document.activeElement);
  if (!meant) {
    onIgnoredWheel();
    return;
  }
  event.preventDefault();
  const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
  const at = window.start + share * (window.end - window.start);
  onWindow(zoom(window, Math.exp(Math.max(-1, Math.min(1, pixels / 400))), at, Date.now()));
}

function touchHandlers(element: HTMLElement, gestures: () => Gestures) {
  let origin: { window: TimeWindow; fingers: number[]; y: number } | null = null;
  let sideways = false;
  const begin = (event: TouchEvent) => {
    const fingers = fingersOf(element, event);
    sideways = fingers.length > 1;
    origin = fingers.length > 0 ? { window: gestures().window, fingers, y: event.touches[0]?.clientY ?? 0 } : null;
  };
  const move = (event: TouchEvent) => {
    if (!origin) return;
    const fingers = fingersOf(element, event);
    if (!sideways) sideways = isSideways(element, origin, fingers, event.touches[0]?.clientY ?? 0);
    if (!sideways) return;
    if (event.cancelable) event.preventDefault();
    gestures().onWindow(drag(origin.window, origin.fingers, fingers, Date.now()));
  };
  return { begin, move };
}

function isSideways(
  element: HTMLElement,
  origin: { fingers: number[]; y: number },
  fingers: number[],
  y: number,
): boolean {
  const plot = plotBox(element);
  const dx = Math.abs((fingers[0] ?? 0) - (origin.fingers[0] ?? 0)) * (plot?.width ?? 0);
  return dx > 8 && dx > Math.abs(y - origin.y);
}

function fingersOf(element: HTMLElement, event: TouchEvent): number[] {
  const shares: number[] = [];
  for (const touch of Array.from(event.touches).slice(0, 2)) {
    const share = shareAt(element, touch.clientX);
    if (share !== null) shares.push(share);
  }
  return shares;
}

function plotBox(element: HTMLElement): DOMRect | null {
  return element.querySelector(".u-over")?.getBoundingClientRect() ?? null;
}

function shareAt(element: HTMLElement, clientX: number): number | null {
  const box = plotBox(element);
  if (!box || box.width === 0) return null;
  const share = (clientX - box.left) / box.width;
  return share < -0.02 || share > 1.02 ? null : share;
}
