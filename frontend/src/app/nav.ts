/** What each world's navigation offers. */
import {
  IconActivityHeartbeat,
  IconAdjustments,
  IconBell,
  IconBellOff,
  IconBellX,
  IconBinaryTree2,
  IconChartLine,
  IconCirclePlus,
  IconDeviceWatch,
  IconHeartHandshake,
  IconHistory,
  IconHome,
  IconLayoutList,
  IconPhoneCall,
  IconPlugConnected,
  IconServer,
  IconShieldLock,
  IconStairsUp,
  IconTemplate,
  IconUserCircle,
  IconUsers,
  type TablerIcon,
} from "@tabler/icons-react";
import type { LinkProps } from "@tanstack/react-router";
import type { World } from "./worlds";

export interface NavItem {
  readonly to: NonNullable<LinkProps["to"]>;
  readonly label: string;
  readonly icon: TablerIcon;
  readonly counted?: "openAlerts";
}

const alerts: NavItem = { to: "/alerts", label: "alerts", icon: IconBell, counted: "openAlerts" };
const burden: NavItem = { to: "/alarm-burden", label: "burden", icon: IconBellOff };
const devices: NavItem = { to: "/devices", label: "devices", icon: IconDeviceWatch };
const onCall: NavItem = { to: "/on-call", label: "onCall", icon: IconPhoneCall };
const patients: NavItem = { to: "/patients", label: "patients", icon: IconUsers };

export const navigation: Readonly<Record<World, readonly NavItem[]>> = {
  professional: [{ to: "/board", label: "board", icon: IconLayoutList }, patients, alerts, onCall, devices, burden],
  patient: [
    { to: "/home", label: "home", icon: IconHome },
    { to: "/measure", label: "measure", icon: IconCirclePlus },
    { to: "/my-charts", label: "myCharts", icon: IconChartLine },
    { to: "/my-care", label: "myCare", icon: IconHeartHandshake },
  ],
  family: [
    { to: "/family", label: "family", icon: IconHeartHandshake },
    { to: "/account", label: "account", icon: IconUserCircle },
  ],
  admin: [
    { to: "/admin/people", label: "people", icon: IconUserCircle },
    patients,
    alerts,
    onCall,
    { to: "/admin/escalation", label: "escalation", icon: IconStairsUp },
    devices,
    burden,
    { to: "/admin/drivers", label: "drivers", icon: IconPlugConnected },
    { to: "/admin/plugins", label: "plugins", icon: IconBinaryTree2 },
    { to: "/admin/plan-templates", label: "planTemplates", icon: IconTemplate },
    { to: "/admin/rule-sets", label: "ruleSets", icon: IconAdjustments },
    { to: "/admin/policy", label: "policy", icon: IconShieldLock },
    { to: "/admin/audit", label: "audit", icon: IconHistory },
    { to: "/admin/failed-deliveries", label: "failedDeliveries", icon: IconBellX },
    { to: "/admin/system", label: "system", icon: IconServer },
  ],
};

export const worldIcons: Readonly<Record<World, TablerIcon>> = {
  professional: IconActivityHeartbeat,
  patient: IconHome,
  family: IconHeartHandshake,
  admin: IconServer,
};
