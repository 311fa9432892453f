/** The portal's entry. */
import "./app/layers.css";
import "@fontsource-variable/inter/index.css";
import "@mantine/core/styles.layer.css";
import "./app/tokens.css";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { storeMe } from "./api/me";
import { startI18n } from "./app/i18n";
import { Providers } from "./app/Providers";
import { createPortalRouter } from "./app/router";
import { adoptThemeVariables } from "./app/theme";
import { onSessionEnded } from "./lib/api";
import { live } from "./lib/live";
import { startServiceWorker } from "./lib/push";
import { createQueryClient } from "./lib/queryClient";

adoptThemeVariables();
startI18n();
const queryClient = createQueryClient();
const router = createPortalRouter(queryClient);

/** Signed out elsewhere or expired: nothing of the person's data stays on screen, and signing in leads back. */
function leave(): void {
  live.stop();
  storeMe(queryClient, null);
  const { href: to, pathname } = router.state.location;
  if (pathname === "/sign-in") return;
  void router
    .navigate({ to: "/sign-in", search: { to, ended: true }, replace: true })
    .then(() => queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" }));
}
onSessionEnded(leave);
live.onSessionEnded = leave;

startServiceWorker((path) => router.history.push(path));

const host = document.getElementById("root");
if (host) {
  createRoot(host).render(
    <StrictMode>
      <Providers queryClient={queryClient}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  );
}
