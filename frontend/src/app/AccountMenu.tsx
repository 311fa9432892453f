/** Who is signed in, how it looks, what is theirs, and the way out. Not a menu in ARIA's sense: it holds a choice too. */
import { Avatar, Popover, SegmentedControl, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconBell, IconEye, IconKey, IconLock, IconLogout, type TablerIcon } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { storeMe, useMe } from "../api/me";
import { post } from "../lib/api";
import { live } from "../lib/live";
import classes from "./shell.module.css";

interface OwnPage {
  readonly tab: "access" | "notifications" | "password" | "tokens";
  readonly icon: TablerIcon;
}

const ownPages: readonly OwnPage[] = [
  { tab: "notifications", icon: IconBell },
  { tab: "access", icon: IconEye },
  { tab: "password", icon: IconLock },
  { tab: "tokens", icon: IconKey },
];

export function AccountMenu() {
  const { t } = useTranslation("shell");
  const me = useMe();
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} trapFocus withinPortal={false}>
      <Popover.Target>
        <UnstyledButton className={classes.person} onClick={() => setOpened(!opened)}>
          <Avatar name={me.name} color="teal" size={34} radius="100%" alt="" />
          <span className={classes.forReaders}>{t("account.menu", { name: me.name })}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={4}>
        <div className={classes.personCard}>
          <strong>{me.name}</strong>
          <span className="quiet">
            {me.username} · {me.roles.map((role) => t(`common:role.${role}`)).join(", ")}
          </span>
        </div>
        <Appearance />
        <ul className={classes.personLinks}>
          {ownPages
            .filter(({ tab }) => tab !== "access" || me.roles.includes("patient"))
            .map(({ tab, icon: Icon }) => (
              <li key={tab}>
                <Link to="/account" search={{ tab }} className={classes.personLink} onClick={close}>
                  <Icon size={18} stroke={1.6} aria-hidden="true" />
                  {t(`account.${tab}`)}
                </Link>
              </li>
            ))}
          <li>
            <SignOut />
          </li>
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function Appearance() {
  const { t } = useTranslation("shell");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={classes.appearance}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t("account.theme")}
        value={colorScheme}
        onChange={(value) => setColorScheme(value === "light" || value === "dark" ? value : "auto")}
        data={(["auto", "light", "dark"] as const).map((value) => ({ value, label: t(`account.${value}`) }))}
      />
    </div>
  );
}

function SignOut() {
  const { t } = useTranslation("shell");
  const client = useQueryClient();
  const navigate = useNavigate();
  const signOut = async () => {
    live.stop();
    await post<void>("/auth/logout").catch(() => undefined);
    storeMe(client, null);
    await navigate({ to: "/sign-in" });
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
  };
  return (
    <UnstyledButton className={classes.personLink} onClick={() => void signOut()}>
      <IconLogout size={18} stroke={1.6} aria-hidden="true" />
      {t("account.signOut")}
    </UnstyledButton>
  );
}
