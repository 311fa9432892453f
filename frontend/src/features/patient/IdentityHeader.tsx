/** Who this is. It stays while the page scrolls: a value must never be read under the wrong name. */
import { Avatar, Skeleton } from "@mantine/core";
import { IconAlertSquareRounded } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Patient } from "../../api/types";
import { formatDate } from "../../lib/format";
import classes from "./patient.module.css";

export function IdentityHeader({ patient, children }: { patient: Patient | null; children?: ReactNode }) {
  const { t } = useTranslation("patient");
  if (!patient) {
    return (
      <header className={classes.identity} aria-busy="true">
        <Skeleton circle height={44} />
        <div className={classes.who}>
          <Skeleton height={20} width={220} />
          <Skeleton height={12} width={320} maw="60vw" mt={8} />
        </div>
      </header>
    );
  }
  const facts = [
    { label: t("born"), value: formatDate(patient.birth_date) },
    { label: t("age"), value: t("years", { count: patient.age_years }) },
    { label: t("sexLabel"), value: t(`sex.${patient.sex}`) },
    { label: t("identifier"), value: patient.identifier ?? t("noIdentifier") },
    { label: t("place"), value: [patient.ward, patient.room].filter(Boolean).join(" · ") || t("noPlace") },
  ];
  return (
    <header className={classes.identity}>
      <Avatar color="gray" size={44} radius="xl" aria-hidden="true">
        {initials(patient.name)}
      </Avatar>
      <div className={classes.who}>
        <h1 tabIndex={-1}>{patient.name}</h1>
        <dl className={classes.identityFacts}>
          {facts.map((fact) => (
            <div key={fact.label}>
              <dt>{fact.label}</dt>
              <dd>{fact.value}</dd>
            </div>
          ))}
        </dl>
      </div>
      {patient.risks.length > 0 && (
        <ul className={classes.risks} aria-label={t("risks")}>
          {patient.risks.map((risk) => (
            <li key={risk}>
              <IconAlertSquareRounded size={14} aria-hidden="true" /> {risk}
            </li>
          ))}
        </ul>
      )}
      {children && <div className={classes.identityActions}>{children}</div>}
    </header>
  );
}

/** First and last name's initials, as the avatar shows them. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first] = words;
  const last = words.length > 1 ? words.at(-1) : undefined;
  return [first, last]
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toLocaleUpperCase();
}
