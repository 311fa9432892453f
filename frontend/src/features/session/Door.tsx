/** The frame of the pages before signing in. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { DemoMark } from "../../components/DemoMark";
import classes from "./session.module.css";

interface DoorProps {
  readonly title: string;
  readonly about?: string;
  readonly demo?: boolean;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Door({ title, about, demo = false, aside, children }: DoorProps) {
  const { t } = useTranslation("session");
  return (
    <div className={classes.door}>
      <header className={classes.brand}>
        <img src="/icon.svg" alt="" width={40} height={40} />
        <div>
          <strong>{t("shell:product")}</strong>
          <p className="quiet">{t("about")}</p>
        </div>
        {demo && <DemoMark />}
      </header>
      <main className={classes.panels} data-two={Boolean(aside) || undefined}>
        <section className={`card ${classes.panel}`}>
          <h1>{title}</h1>
          {about && <p className="quiet">{about}</p>}
          {children}
        </section>
        {aside}
      </main>
      <svg className={classes.pulse} viewBox="0 0 1200 120" preserveAspectRatio="none" aria-hidden="true">
        <path d="M0 70H250l22-14 20 14h46l12 10 18-72 22 98 14-36h40q26-38 52 0H690l22-14 20 14h46l12 10 18-72 22 98 14-36h40q26-38 52 0h264" />
      </svg>
    </div>
  );
}

export function Trouble({ children }: { readonly children: ReactNode }) {
  return (
    <p className={classes.trouble} role="alert">
      {children}
    </p>
  );
}
