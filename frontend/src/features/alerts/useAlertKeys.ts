/** The alert list by keyboard: j and k move, Enter opens, a acknowledges, r resolves. */
import { useEffect, useRef } from "react";
import type { Alert } from "../../api/types";
import { alertKey, isTyping } from "./order";
import type { AlertAction } from "./queries";

interface AlertKeys {
  readonly alerts: readonly Alert[];
  readonly chosen: Alert | null;
  readonly onChoose: (id: string) => void;
  readonly onOpen: (alert: Alert) => void;
  readonly onAct: (alert: Alert, action: AlertAction) => void;
}

export function useAlertKeys(keys: AlertKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (press(event, latest.current)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** True when the key was used. Arrows and Enter keep their own meaning outside the list. */
function press(event: KeyboardEvent, { alerts, chosen, onChoose, onOpen, onAct }: AlertKeys): boolean {
  const key = alertKey(event.key);
  if (!key || !chosen) return false;
  const isLetter = event.key.length === 1;
  const row = event.target instanceof HTMLElement ? event.target.closest("[data-alert]") : null;
  if (!isLetter && !row) return false;
  switch (key.kind) {
    case "move": {
      const next = alerts[alerts.indexOf(chosen) + key.by];
      if (next) {
        onChoose(next.id);
        document.querySelector<HTMLElement>(`[data-alert="${CSS.escape(next.id)}"]`)?.focus();
      }
      return true;
    }
    case "open":
      onOpen(chosen);
      return true;
    case "acknowledge":
      if (chosen.status === "active") onAct(chosen, "acknowledge");
      return true;
    case "resolve":
      if (chosen.status !== "resolved") onAct(chosen, "resolve");
      return true;
  }
}
