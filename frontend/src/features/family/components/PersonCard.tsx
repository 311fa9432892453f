/** Somebody cared for: the name large, then how they are in one sentence, then the values. */
import { Avatar, Skeleton } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { latestOptions, ownRulesOptions } from "../../../api/patientVitals";
import type { Observation, Patient } from "../../../api/types";
import { vitalSignsOptions } from "../../../api/vitalSigns";
import { formatAge, formatAgo, formatObservation, formatUnit, observationUnit } from "../../../lib/format";
import { observationPlace, type Range, rangeOf } from "../../../lib/ranges";
import { useNow } from "../../../lib/useNow";
import { DueToday } from "../../plan/DueToday";
import classes from "../family.module.css";

/** Older values say little about today. */
const staleAfterMs = 48 * 3_600_000;

export function PersonCard({ patient }: { readonly patient: Patient }) {
  const { t } = useTranslation("family");
  const latest = useQuery({ ...latestOptions(patient.id), refetchInterval: 60_000 });
  const rules = useQuery(ownRulesOptions(patient.id));
  const table = useQuery(vitalSignsOptions);
  const signs = table.data?.items ?? [];
  const rangeFor = (code: string): Range => rangeOf(code, rules.data, signs);
  const waiting = latest.isPending || rules.isPending || table.isPending;
  return (
    <li className={`card ${classes.person}`}>
      <div className={classes.head}>
        <Avatar name={patient.name} color="teal" size={48} radius="100%" alt="" aria-hidden="true" />
        <div>
          <h2>{patient.name}</h2>
          {waiting ? (
            <Skeleton height={18} width={220} mt={6} />
          ) : latest.data ? (
            <Summary items={latest.data.items} rangeFor={rangeFor} />
          ) : (
            <p className="quiet">{t("hidden")}</p>
          )}
        </div>
      </div>
      {latest.data && latest.data.items.length > 0 && (
        <ul className={classes.values}>
          {latest.data.items.map((item) => (
            <li key={item.code}>
              <span className="quiet">{t(`common:sign.${item.code}`, item.display)}</span>
              <span>
                <strong>{formatObservation(item, signs.find((sign) => sign.code === item.code)?.decimals)}</strong>{" "}
                <span className="quiet">{formatUnit(observationUnit(item))}</span>
              </span>
              <Age at={item.effective_at} />
            </li>
          ))}
        </ul>
      )}
      <DueToday patientId={patient.id} readOnly />
      <Link to="/patients/$patientId" params={{ patientId: patient.id }} className={classes.more}>
        {t("open", { name: patient.name })} <IconArrowRight size={18} aria-hidden="true" />
      </Link>
    </li>
  );
}

function Age({ at }: { readonly at: string }) {
  return <span className="quiet">{formatAgo(useNow() - Date.parse(at))}</span>;
}

interface SummaryProps {
  readonly items: readonly Observation[];
  readonly rangeFor: (code: string) => Range;
}

function Summary({ items, rangeFor }: SummaryProps) {
  const { t } = useTranslation("family");
  const now = useNow();
  const newest = Math.max(...items.map((item) => Date.parse(item.effective_at)));
  const out = items.filter((item) => {
    const place = observationPlace(item, rangeFor);
    return place === "above" || place === "below";
  });
  if (items.length === 0) return <p>{t("nothing")}</p>;
  if (out.length > 0) {
    const names = out.map((item) => t(`common:sentence.${item.code}`, item.display)).join(", ");
    return <p className={classes.out}>{t("someOut", { signs: names })}</p>;
  }
  if (now - newest > staleAfterMs) return <p>{t("old", { age: formatAge(now - newest) })}</p>;
  return <p className={classes.in}>{t("allIn")}</p>;
}
