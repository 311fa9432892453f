/** A state in one word. Colour only underlines it; alarm colours are not used. */
import type { ReactNode } from "react";
import classes from "./components.module.css";

export interface StatusPillProps {
  readonly tone: "good" | "off" | "attention" | "plain";
  readonly children: ReactNode;
}

export function StatusPill({ tone, children }: StatusPillProps) {
  return (
    <span className={classes.pill} data-tone={tone}>
      {children}
    </span>
  );
}
