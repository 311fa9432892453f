/** One navigation: a rail beside the page on wide screens, a bar under the thumb on phones. */
import { Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { alertsOptions } from "../features/alerts/queries";
import { type NavItem, navigation } from "./nav";
import classes from "./shell.module.css";
import type { World } from "./worlds";

/** So many fit under the thumb; the others are behind "More" on phones. */
const thumbItems = 4;

export function Navigation({ world }: { readonly world: World }) {
  const { t } = useTranslation("shell");
  const items = navigation[world];
  const crowded = items.length > thumbItems + 1;
  return (
    <nav className={classes.nav} aria-label={t("nav.main")}>
      <ul>
        {items.map((item, place) => (
          <li key={item.to} data-crowded={(crowded && place >= thumbItems) || undefined}>
            <NavLink item={item} />
          </li>
        ))}
        {crowded && (
          <li className={classes.more}>
            <MoreMenu items={items.slice(thumbItems)} />
          </li>
        )}
      </ul>
    </nav>
  );
}

function NavLink({ item }: { readonly item: NavItem }) {
  const { t } = useTranslation("shell");
  return (
    <Link to={item.to} className={classes.navLink} activeProps={{ "data-active": true }}>
      <span className={classes.navIcon}>
        <item.icon size={22} stroke={1.6} aria-hidden="true" />
        {item.counted === "openAlerts" && <OpenAlerts />}
      </span>
      <span>{t(`nav.${item.label}`)}</span>
    </Link>
  );
}

function OpenAlerts() {
  const { t } = useTranslation("shell");
  const { data } = useQuery(alertsOptions({ status: "open" }));
  const waiting = (data?.items ?? []).filter((alert) => alert.status === "active");
  if (waiting.length === 0) return null;
  const urgent = waiting.some((alert) => alert.priority === "high");
  return (
    <span className={classes.count} data-urgent={urgent || undefined}>
      <span aria-hidden="true">{waiting.length > 99 ? "99+" : waiting.length}</span>
      <span className={classes.forReaders}>{t("nav.alertsOpen", { count: waiting.length })}</span>
    </span>
  );
}

function MoreMenu({ items }: { readonly items: readonly NavItem[] }) {
  const { t } = useTranslation("shell");
  return (
    <Menu position="top-end" width={220} withinPortal={false}>
      <Menu.Target>
        <button type="button" className={classes.navLink}>
          <span className={classes.navIcon}>
            <IconDots size={22} stroke={1.6} aria-hidden="true" />
          </span>
          <span>{t("nav.more")}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map((item) => (
          <Menu.Item
            key={item.to}
            component={Link}
            to={item.to}
            leftSection={<item.icon size={18} stroke={1.6} aria-hidden="true" />}
          >
            {t(`nav.${item.label}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
