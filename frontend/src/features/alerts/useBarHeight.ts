/** Tells the page how high the alert bar is, so that what sticks to the top sticks below it. */
import { type RefObject, useLayoutEffect, useRef } from "react";

const variable = "--alert-bar";

export function useBarHeight(shown: boolean): RefObject<HTMLElement | null> {
  const bar = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const element = bar.current;
    if (!shown || !element) return;
    const root = document.documentElement.style;
    const observer = new ResizeObserver(() => root.setProperty(variable, `${element.offsetHeight}px`));
    observer.observe(element);
    return () => {
      observer.disconnect();
      root.removeProperty(variable);
    };
  }, [shown]);
  return bar;
}
