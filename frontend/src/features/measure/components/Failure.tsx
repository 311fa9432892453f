/** Saving failed: said where it was tried. */
import type { ReactNode } from "react";
import classes from "../measure.module.css";

export function Failure({ children }: { readonly children: ReactNode }) {
  return (
    <p className={classes.failure} role="alert">
      {children}
    </p>
  );
}
