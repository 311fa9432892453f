/** One matter of the notifications page: its heading, what it is about, and its controls. */
import { type ReactNode, useId } from "react";
import classes from "../account.module.css";

export function Section({
  title,
  about,
  children,
}: {
  readonly title: string;
  readonly about?: string;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={`card ${classes.section}`} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {about && <p className="quiet">{about}</p>}
      {children}
    </section>
  );
}
