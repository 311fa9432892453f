/** Nothing here yet, why, and the next step. */
import type { ReactNode } from "react";
import classes from "./components.module.css";

export interface EmptyStateProps {
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly icon?: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ title, children, icon, action }: EmptyStateProps) {
  return (
    <div className={classes.state}>
      {icon && (
        <span className={classes.stateIcon} aria-hidden="true">
          {icon}
        </span>
      )}
      <h2>{title}</h2>
      {children && <p className={classes.about}>{children}</p>}
      {action}
    </div>
  );
}
