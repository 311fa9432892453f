/** Every page's address. Each page is loaded when first visited. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { meOptions } from "../api/me";
import { FrameSkeleton } from "./FrameSkeleton";
import { NotFoundPage, PageFailed, PageSkeleton } from "./states";
import { rememberedWorld, worldAt, worldHome } from "./worlds";

interface Context {
  readonly queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFoundPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string; ended?: boolean } => ({
    ...(typeof search.to === "string" && search.to.startsWith("/") && !search.to.startsWith("//")
      ? { to: search.to }
      : {}),
    ...(search.ended === true ? { ended: true } : {}),
  }),
  component: lazyRouteComponent(() => import("../features/session/SignInPage"), "SignInPage"),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("../features/session/SetupPage"), "SetupPage"),
});

/** Everything behind the sign-in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meOptions);
    if (!me) throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { to: location.href } });
    return { me };
  },
  component: lazyRouteComponent(() => import("./Shell"), "Shell"),
  pendingComponent: FrameSkeleton,
  errorComponent: PageFailed,
});

const index = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: ({ context: { me } }) => {
    const world = worldAt("/", me.roles, rememberedWorld(me.id));
    throw redirect({ to: world ? worldHome[world] : "/account", replace: true });
  },
});

const board = createRoute({
  getParentRoute: () => shell,
  path: "/board",
  component: lazyRouteComponent(() => import("../features/board/BoardPage"), "BoardPage"),
});

const patients = createRoute({
  getParentRoute: () => shell,
  path: "/patients",
  component: lazyRouteComponent(() => import("../features/patients/pages/PatientsPage"), "PatientsPage"),
});

const LazyPatientPage = lazyRouteComponent(() => import("../features/patient/PatientPage"), "PatientPage");
const patient = createRoute({
  getParentRoute: () => shell,
  path: "/patients/$patientId",
  component: function PatientRoute() {
    const { patientId } = patient.useParams();
    return <LazyPatientPage key={patientId} patientId={patientId} />;
  },
});

const alerts = createRoute({
  getParentRoute: () => shell,
  path: "/alerts",
  component: lazyRouteComponent(() => import("../features/alerts/AlertsPage"), "AlertsPage"),
});

const LazyAlertPage = lazyRouteComponent(() => import("../features/alerts/AlertPage"), "AlertPage");
const alert = createRoute({
  getParentRoute: () => shell,
  path: "/alerts/$alertId",
  component: function AlertRoute() {
    const { alertId } = alert.useParams();
    return <LazyAlertPage key={alertId} alertId={alertId} />;
  },
});

const burden = createRoute({
  getParentRoute: () => shell,
  path: "/alarm-burden",
  component: lazyRouteComponent(() => import("../features/burden/BurdenPage"), "BurdenPage"),
});

const onCall = createRoute({
  getParentRoute: () => shell,
  path: "/on-call",
  validateSearch: (search: Record<string, unknown>): { team?: string } =>
    typeof search.team === "string" ? { team: search.team } : {},
  component: function OnCallRoute() {
    return <LazyOnCallPage teamId={onCall.useSearch().team ?? null} />;
  },
});
const LazyOnCallPage = lazyRouteComponent(() => import("../features/oncall/OnCallPage"), "OnCallPage");

const LazyTeamEditor = lazyRouteComponent(() => import("../features/oncall/TeamEditorPage"), "TeamEditorPage");
const newTeam = createRoute({
  getParentRoute: () => shell,
  path: "/on-call/new",
  component: () => <LazyTeamEditor teamId={null} />,
});
const editTeam = createRoute({
  getParentRoute: () => shell,
  path: "/on-call/$teamId/edit",
  component: function TeamRoute() {
    const { teamId } = editTeam.useParams();
    return <LazyTeamEditor key={teamId} teamId={teamId} />;
  },
});

const escalation = createRoute({
  getParentRoute: () => shell,
  path: "/admin/escalation",
  component: lazyRouteComponent(() => import("../features/oncall/EscalationPage"), "EscalationPage"),
});

const devices = createRoute({
  getParentRoute: () => shell,
  path: "/devices",
  component: lazyRouteComponent(() => import("../features/devices/pages/DevicesPage"), "DevicesPage"),
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/home",
  component: lazyRouteComponent(() => import("../features/home/pages/HomePage"), "HomePage"),
});

const measure = createRoute({
  getParentRoute: () => shell,
  path: "/measure",
  validateSearch: (search: Record<string, unknown>): { code?: string } =>
    typeof search.code === "string" ? { code: search.code } : {},
  component: lazyRouteComponent(() => import("../features/measure/pages/MeasurePage"), "MeasurePage"),
});

const myCharts = createRoute({
  getParentRoute: () => shell,
  path: "/my-charts",
  component: lazyRouteComponent(() => import("../features/home/pages/MyChartsPage"), "MyChartsPage"),
});

const myCare = createRoute({
  getParentRoute: () => shell,
  path: "/my-care",
  component: lazyRouteComponent(() => import("../features/home/pages/MyCarePage"), "MyCarePage"),
});

const family = createRoute({
  getParentRoute: () => shell,
  path: "/family",
  component: lazyRouteComponent(() => import("../features/family/pages/FamilyPage"), "FamilyPage"),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: "/account",
  validateSearch: (search: Record<string, unknown>): { tab?: "notifications" | "password" | "tokens" | "access" } => {
    const tab = (["notifications", "password", "tokens", "access"] as const).find((each) => each === search.tab);
    return tab ? { tab } : {};
  },
  component: lazyRouteComponent(() => import("../features/account/pages/AccountPage"), "AccountPage"),
});

const people = createRoute({
  getParentRoute: () => shell,
  path: "/admin/people",
  component: lazyRouteComponent(() => import("../features/people/pages/PeoplePage"), "PeoplePage"),
});

const drivers = createRoute({
  getParentRoute: () => shell,
  path: "/admin/drivers",
  component: lazyRouteComponent(() => import("../features/oversight/pages/DriversPage"), "DriversPage"),
});

const plugins = createRoute({
  getParentRoute: () => shell,
  path: "/admin/plugins",
  component: lazyRouteComponent(() => import("../features/oversight/pages/PluginsPage"), "PluginsPage"),
});

const planTemplates = createRoute({
  getParentRoute: () => shell,
  path: "/admin/plan-templates",
  component: lazyRouteComponent(() => import("../features/plan/TemplatesPage"), "TemplatesPage"),
});

const ruleSets = createRoute({
  getParentRoute: () => shell,
  path: "/admin/rule-sets",
  component: lazyRouteComponent(() => import("../features/rules/RuleSetsPage"), "RuleSetsPage"),
});

const LazyRuleSet = lazyRouteComponent(() => import("../features/rules/RuleSetPage"), "RuleSetPage");
const newRuleSet = createRoute({
  getParentRoute: () => shell,
  path: "/admin/rule-sets/new",
  component: () => <LazyRuleSet setId={null} />,
});
const ruleSet = createRoute({
  getParentRoute: () => shell,
  path: "/admin/rule-sets/$setId",
  component: function RuleSetRoute() {
    const { setId } = ruleSet.useParams();
    return <LazyRuleSet key={setId} setId={setId} />;
  },
});

const policy = createRoute({
  getParentRoute: () => shell,
  path: "/admin/policy",
  component: lazyRouteComponent(() => import("../features/oversight/pages/PolicyPage"), "PolicyPage"),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/admin/audit",
  validateSearch: (search: Record<string, unknown>): { patient?: string } =>
    typeof search.patient === "string" ? { patient: search.patient } : {},
  component: lazyRouteComponent(() => import("../features/oversight/pages/AuditPage"), "AuditPage"),
});

const failedDeliveries = createRoute({
  getParentRoute: () => shell,
  path: "/admin/failed-deliveries",
  component: lazyRouteComponent(
    () => import("../features/oversight/pages/FailedDeliveriesPage"),
    "FailedDeliveriesPage",
  ),
});

const system = createRoute({
  getParentRoute: () => shell,
  path: "/admin/system",
  component: lazyRouteComponent(() => import("../features/oversight/pages/SystemPage"), "SystemPage"),
});

const routeTree = root.addChildren([
  signIn,
  setup,
  shell.addChildren([
    index,
    board,
    patients,
    patient,
    alerts,
    alert,
    burden,
    onCall,
    newTeam,
    editTeam,
    escalation,
    devices,
    home,
    measure,
    myCharts,
    myCare,
    family,
    account,
    people,
    drivers,
    plugins,
    planTemplates,
    ruleSets,
    newRuleSet,
    ruleSet,
    policy,
    audit,
    failedDeliveries,
    system,
  ]),
]);

/** `history` other than the browser's is for tests. */
export function createPortalRouter(queryClient: QueryClient, history?: RouterHistory) {
  return createRouter({
    ...(history ? { history } : {}),
    routeTree,
    context: { queryClient },
    defaultPreload: "intent",
    defaultPendingMs: 150,
    defaultPendingMinMs: 200,
    defaultPendingComponent: PageSkeleton,
    defaultErrorComponent: PageFailed,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
