/** Name of the product, the demo mark, the world on screen, and the signed-in person's own menu. */
import { Menu, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../api/me";
import { DemoMark } from "../components/DemoMark";
import { AccountMenu } from "./AccountMenu";
import { worldIcons } from "./nav";
import classes from "./shell.module.css";
import { rememberWorld, type World, worldHome, worldsOf } from "./worlds";

export function TopBar({ world }: { readonly world: World | null }) {
  const { t } = useTranslation("shell");
  const me = useMe();
  return (
    <header className={classes.bar}>
      <Link to="/" className={classes.brand} aria-label={t("product")}>
        <img src="/icon.svg" alt="" width={28} height={28} />
        <span>{t("product")}</span>
      </Link>
      {me.demo && <DemoMark />}
      <span className={classes.spring} />
      {world && <WorldSwitch world={world} />}
      <AccountMenu />
    </header>
  );
}

function WorldSwitch({ world }: { readonly world: World }) {
  const { t } = useTranslation("shell");
  const me = useMe();
  const navigate = useNavigate();
  const worlds = worldsOf(me.roles);
  if (worlds.length < 2) return null;
  const go = (next: World) => {
    rememberWorld(me.id, next);
    void navigate({ to: worldHome[next] });
  };
  const Icon = worldIcons[world];
  return (
    <Menu position="bottom-end" width={220} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={classes.switch} aria-label={`${t("world.switch")}: ${t(`world.${world}`)}`}>
          <Icon size={18} stroke={1.7} aria-hidden="true" />
          <span className={classes.wideOnly}>{t(`world.${world}`)}</span>
          <IconChevronDown size={14} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("world.switch")}</Menu.Label>
        {worlds.map((each) => {
          const EachIcon = worldIcons[each];
          return (
            <Menu.Item
              key={each}
              leftSection={<EachIcon size={18} stroke={1.6} aria-hidden="true" />}
              rightSection={each === world ? <IconCheck size={16} aria-hidden="true" /> : null}
              aria-current={each === world || undefined}
              onClick={() => go(each)}
            >
              {t(`world.${each}`)}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
