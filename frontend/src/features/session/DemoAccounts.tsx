/** The demo's people: one click to be one of them. */
import { Avatar, UnstyledButton } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DemoAccount } from "../../api/types";
import type { Credentials } from "./api";
import classes from "./session.module.css";

interface DemoAccountsProps {
  readonly accounts: readonly DemoAccount[];
  readonly onPick: (credentials: Credentials) => void;
  readonly busy: boolean;
}

export function DemoAccounts({ accounts, onPick, busy }: DemoAccountsProps) {
  const { t } = useTranslation("session");
  return (
    <section className={`card ${classes.panel}`} aria-labelledby="demo-accounts">
      <h2 id="demo-accounts">{t("demoTitle")}</h2>
      <p className="quiet">{t("demoAbout")}</p>
      <ul className={classes.accounts}>
        {accounts.map(({ username, password, name, roles }) => (
          <li key={username}>
            <UnstyledButton className={classes.account} disabled={busy} onClick={() => onPick({ username, password })}>
              <Avatar name={name} color="teal" size={36} radius="100%" alt="" aria-hidden="true" />
              <span className={classes.accountWords}>
                <strong>{name}</strong>
                <span className="quiet">{roles.map((role) => t(`common:role.${role}`)).join(", ")}</span>
              </span>
              <IconArrowRight size={18} aria-hidden="true" />
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
