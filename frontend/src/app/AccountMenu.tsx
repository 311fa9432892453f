/** Who is signed in, how it looks, what is theirs, and the way out. */
import { Avatar, Menu, SegmentedControl, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconEye, IconKey, IconLock, IconLogout } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { storeMe, useMe } from "../api/me";
import { post } from "../lib/api";
import { live } from "../lib/live";
import classes from "./shell.module.css";

export function AccountMenu() {
  const { t } = useTranslation("shell");
  const me = useMe();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <UnstyledButton className={classes.person}>
          <Avatar name={me.name} color="teal" size={34} radius="100%" alt="" />
          <span className={classes.forReaders}>{t("account.menu", { name: me.name })}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.personCard}>
          <strong>{me.name}</strong>
          <span className="quiet">
            {me.username} · {me.roles.map((role) => t(`common:role.${role}`)).join(", ")}
          </span>
        </div>
        <Appearance />
        <Menu.Divider />
        {me.roles.includes("patient") && (
          <Menu.Item
            renderRoot={(props) => <Link {...props} to="/account" search={{ tab: "access" }} />}
            leftSection={<IconEye size={18} stroke={1.6} aria-hidden="true" />}
          >
            {t("account.access")}
          </Menu.Item>
        )}
        <Menu.Item
          renderRoot={(props) => <Link {...props} to="/account" search={{ tab: "password" }} />}
          leftSection={<IconLock size={18} stroke={1.6} aria-hidden="true" />}
        >
          {t("account.password")}
        </Menu.Item>
        <Menu.Item
          renderRoot={(props) => <Link {...props} to="/account" search={{ tab: "tokens" }} />}
          leftSection={<IconKey size={18} stroke={1.6} aria-hidden="true" />}
        >
          {t("account.tokens")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={18} stroke={1.6} aria-hidden="true" />}
          onClick={() => void signOut()}
        >
          {t("account.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
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

function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    live.stop();
    await post<void>("/auth/logout").catch(() => undefined);
    storeMe(client, null);
    await navigate({ to: "/sign-in" });
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
  };
}
