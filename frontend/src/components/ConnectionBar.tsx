/** A thin bar while the live connection is lost. Data stays on screen, marked with its age. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatTime } from "../lib/format";
import { useLiveState } from "../lib/live";
import classes from "./components.module.css";

/** A blink of the network is not worth a bar. */
const graceMs = 1_500;

export function ConnectionBar() {
  const { t } = useTranslation("common");
  const { phase, lastAt } = useLiveState();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (phase !== "lost") {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), graceMs);
    return () => clearTimeout(timer);
  }, [phase]);
  return (
    <div role="status" aria-live="polite">
      {shown && (
        <div className={classes.connection}>
          {lastAt === null ? t("connection.lostNever") : t("connection.lost", { time: formatTime(lastAt) })}
        </div>
      )}
    </div>
  );
}
