/** One alert with its actions, where a patient is already in view. */
import type { Alert } from "../../api/types";
import { AlertActions } from "./AlertActions";
import { AlertList } from "./AlertList";
import classes from "./alerts.module.css";

export function AlertCard({ alert }: { alert: Alert }) {
  return (
    <div
      className={classes.alertCard}
      data-priority={alert.status === "active" && alert.condition_active ? alert.priority : undefined}
    >
      <AlertList alerts={[alert]} compact showPatient={false} />
      <AlertActions alert={alert} compact />
    </div>
  );
}
