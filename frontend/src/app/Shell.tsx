/** The frame around every page: top bar, navigation, connection bar, and what is heard wherever one is. */
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { meKey, useMe } from "../api/me";
import { ConnectionBar } from "../components/ConnectionBar";
import { EmptyState } from "../components/EmptyState";
import { AlertAnnouncer } from "../features/alerts/AlertAnnouncer";
import { AlertBar } from "../features/alerts/AlertBar";
import { endSession } from "../lib/api";
import { type LiveEvent, live, useLiveTopic } from "../lib/live";
import { keepPushOn } from "../lib/push";
import { Navigation } from "./Navigation";
import classes from "./shell.module.css";
import { TopBar } from "./TopBar";
import { rememberedWorld, rememberWorld, type World, worldAt } from "./worlds";

export function Shell() {
  const { t } = useTranslation("shell");
  const main = useRef<HTMLElement>(null);
  const world = useWorld();
  useLiveSession();
  usePush();
  useFocusOnArrival(main);
  const hearsAlerts = world === "professional" || world === "admin";
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {t("skip")}
      </a>
      <TopBar world={world} />
      {world && <Navigation world={world} />}
      <div className={classes.content}>
        <ConnectionBar />
        <AlertBar enabled={hearsAlerts} />
        <main id="content" ref={main} tabIndex={-1} className={classes.main}>
          {world ? <Outlet /> : <EmptyState title={t("noWorld.title")}>{t("noWorld.about")}</EmptyState>}
        </main>
      </div>
      <AlertAnnouncer enabled={hearsAlerts} />
    </div>
  );
}

function useWorld(): World | null {
  const me = useMe();
  const { pathname } = useLocation();
  const world = worldAt(pathname, me.roles, rememberedWorld(me.id));
  useEffect(() => {
    if (!world) return;
    rememberWorld(me.id, world);
    document.documentElement.dataset.world = world;
    return () => {
      delete document.documentElement.dataset.world;
    };
  }, [world, me.id]);
  return world;
}

function useLiveSession(): void {
  const client = useQueryClient();
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, []);
  const onEvent = useCallback(
    (event: LiveEvent) => {
      if (event.type === "session_closed") endSession();
      if (event.type === "notice") void client.invalidateQueries({ queryKey: ["system"] });
      if (event.type === "access_changed") void client.invalidateQueries({ queryKey: meKey });
    },
    [client],
  );
  useLiveTopic("me", onEvent);
}

/** Whoever turned pushes on in this browser keeps them, whatever the browser did to its subscription meanwhile. */
function usePush(): void {
  const { id } = useMe();
  useEffect(() => {
    // Offline or refused: the next visit tries again, and the notifications page says that it is off.
    if (id) keepPushOn(id).catch(() => undefined);
  }, [id]);
}

/** A new page is announced by moving the focus to its title, unless something on it took the focus already. */
function useFocusOnArrival(main: React.RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation();
  const arrived = useRef(pathname);
  useEffect(() => {
    if (arrived.current === pathname) return;
    arrived.current = pathname;
    const held = document.activeElement;
    if (main.current?.contains(held) && held?.matches("input, textarea, select")) return;
    (main.current?.querySelector<HTMLElement>("h1[tabindex]") ?? main.current)?.focus({ preventScroll: true });
  }, [pathname, main]);
}
