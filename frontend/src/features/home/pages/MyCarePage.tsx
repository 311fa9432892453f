/** Who looks after the patient, within what range, and who looked. */
import { Avatar, Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/me";
import { ownRulesOptions } from "../../../api/patientVitals";
import type { AlertRule } from "../../../api/types";
import { vitalSignsOptions } from "../../../api/vitalSigns";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { formatNumber, formatUnit } from "../../../lib/format";
import { signIcon } from "../../../lib/signIcons";
import { careTeamOptions } from "../api/careTeam";
import classes from "../home.module.css";

export function MyCarePage() {
  const { t } = useTranslation("home");
  const { patient_id: patientId } = useMe();
  if (patientId === null) return <EmptyState title={t("noPatient.title")}>{t("noPatient.about")}</EmptyState>;
  return (
    <div className={classes.page}>
      <PageHeader title={t("care.title")} />
      <Team patientId={patientId} />
      <Limits patientId={patientId} />
      <section aria-labelledby="care-lookers">
        <h2 id="care-lookers">{t("care.lookers")}</h2>
        <p className="quiet">{t("care.lookersAbout")}</p>
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/account" search={{ tab: "access" }} />}>
          {t("care.lookersLink")}
        </Button>
      </section>
    </div>
  );
}

function Team({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation("home");
  const team = useQuery(careTeamOptions(patientId));
  return (
    <section aria-labelledby="care-team">
      <h2 id="care-team">{t("care.team")}</h2>
      {team.isPending ? (
        <Skeleton height={72} />
      ) : team.isError && !team.data ? (
        <ErrorState error={team.error} onRetry={() => void team.refetch()} />
      ) : team.data.members.length === 0 ? (
        <p className="quiet">{t("care.noTeam")}</p>
      ) : (
        <ul className={`card ${classes.list}`}>
          {team.data.members.map((member) => (
            <li key={member.user_id}>
              <Avatar name={member.name} color="teal" radius="100%" alt="" aria-hidden="true" />
              <span>
                <strong>{member.name}</strong>
                <span className="quiet">{member.roles.map((role) => t(`common:role.${role}`)).join(", ")}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Limits({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation("home");
  const rules = useQuery(ownRulesOptions(patientId));
  const table = useQuery(vitalSignsOptions);
  const decimals = (code: string) => table.data?.items.find((sign) => sign.code === code)?.decimals;
  const shown = (rules.data ?? []).filter((rule) => rule.low !== null || rule.high !== null);
  return (
    <section aria-labelledby="care-limits">
      <h2 id="care-limits">{t("care.limits")}</h2>
      <p className="quiet">{t("care.limitsAbout")}</p>
      {rules.isPending ? (
        <Skeleton height={200} />
      ) : rules.isError && !rules.data ? (
        <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />
      ) : shown.length === 0 ? (
        <p className="quiet">{t("care.noLimits")}</p>
      ) : (
        <ul className={`card ${classes.list}`}>
          {shown.map((rule) => {
            const Icon = signIcon(rule.code);
            return (
              <li key={rule.code}>
                <Icon size={24} stroke={1.5} className={classes.valueIcon} aria-hidden="true" />
                <span>
                  <strong>{rule.display}</strong>
                  <span>
                    {limitText(rule, t, decimals(rule.code))}{" "}
                    <span className="quiet">· {t(rule.source === "patient" ? "care.yours" : "care.usual")}</span>
                  </span>
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function limitText(rule: AlertRule, t: ReturnType<typeof useTranslation>["t"], decimals: number | undefined): string {
  const unit = formatUnit(rule.unit);
  const low = rule.low === null ? null : formatNumber(rule.low, decimals);
  const high = rule.high === null ? null : formatNumber(rule.high, decimals);
  if (low !== null && high !== null) return t("care.between", { low, high, unit });
  return low === null ? t("care.atMost", { high, unit }) : t("care.atLeast", { low, unit });
}
