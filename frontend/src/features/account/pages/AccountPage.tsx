/** The signed-in person's own matters. */
import { Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/me";
import { PageHeader } from "../../../components/PageHeader";
import classes from "../account.module.css";
import { AccessLog } from "../components/AccessLog";
import { Notifications } from "../components/Notifications";
import { PasswordForm } from "../components/PasswordForm";
import { Tokens } from "../components/Tokens";

const tabs = ["notifications", "password", "tokens", "access"] as const;

export function AccountPage() {
  const { t } = useTranslation("account");
  const me = useMe();
  const { tab = "notifications" } = useSearch({ from: "/shell/account" });
  const navigate = useNavigate();
  const offered = tabs.filter((each) => each !== "access" || me.roles.includes("patient"));
  return (
    <div className={classes.page}>
      <PageHeader
        title={t("title")}
        about={`${me.name} · ${me.username} · ${me.roles.map((role) => t(`common:role.${role}`)).join(", ")}`}
      />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => {
          const next = tabs.find((each) => each === value) ?? "notifications";
          void navigate({ to: "/account", search: { tab: next }, replace: true });
        }}
      >
        <Tabs.List aria-label={t("tabs")}>
          {offered.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="notifications" className={classes.panel}>
          <Notifications />
        </Tabs.Panel>
        <Tabs.Panel value="password" className={classes.panel}>
          <PasswordForm />
        </Tabs.Panel>
        <Tabs.Panel value="tokens" className={classes.panel}>
          <Tokens />
        </Tabs.Panel>
        <Tabs.Panel value="access" className={classes.panel}>
          <AccessLog />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
