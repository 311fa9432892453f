/** A page's title, what it is about, and its main actions. Takes the focus when the page is entered. */
import type { ReactNode } from "react";
import classes from "./components.module.css";

export interface PageHeaderProps {
  readonly title: ReactNode;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHeader({ title, about, actions }: PageHeaderProps) {
  return (
    <header className={classes.pageHeader}>
      <div className={classes.pageWords}>
        <h1 tabIndex={-1}>{title}</h1>
        {about && <div className={classes.about}>{about}</div>}
      </div>
      {actions && <div className={classes.pageActions}>{actions}</div>}
    </header>
  );
}
