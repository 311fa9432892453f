/** Which sets of rules hold for this patient, and the rules over several signs and over silence that come with them. */
import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AlertRules } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import { rowOf } from "./limits";
import classes from "./patient.module.css";
import { ruleTemplatesOptions, useSaveRules } from "./queries";

interface RuleTemplatesProps {
  readonly patientId: string;
  readonly rules: AlertRules;
  readonly readOnly: boolean;
}

export function RuleTemplates({ patientId, rules, readOnly }: RuleTemplatesProps) {
  const { t } = useTranslation("patient");
  const known = useQuery({ ...ruleTemplatesOptions, enabled: !readOnly });
  const save = useSaveRules(patientId);
  const own = rules.rules.filter((rule) => rule.source === "patient");
  const choices = known.data?.items ?? rules.templates;
  return (
    <section className={classes.stack} aria-label={t("templates.title")}>
      <MultiSelect
        label={t("templates.title")}
        description={t("templates.hint")}
        placeholder={rules.templates.length === 0 ? t("templates.none") : ""}
        data={choices.map(({ id, title }) => ({ value: id, label: title }))}
        value={rules.templates.map(({ id }) => id)}
        readOnly={readOnly}
        disabled={save.isPending}
        maw={560}
        onChange={(templates) =>
          save.mutate({ rules: own.map((rule) => ({ code: rule.code, ...rowOf(rule) })), templates })
        }
      />
      {save.isError && <p role="alert">{t("limitsNotSaved", { reason: save.error.message })}</p>}
      {rules.combinations.length + rules.stale.length > 0 && (
        <ul className={classes.otherRules} aria-label={t("templates.others")}>
          {rules.combinations.map((rule) => (
            <li key={rule.id} data-off={!rule.enabled || undefined}>
              <PriorityMark priority={rule.priority} /> <strong>{rule.title}</strong>{" "}
              <span className={classes.quiet}>
                {t("templates.combination", { count: rule.at_least, all: rule.conditions.length })} ·{" "}
                {rule.source_title ?? t("limit.patient")}
                {!rule.enabled && ` · ${t("templates.off")}`}
              </span>
            </li>
          ))}
          {rules.stale.map((rule) => (
            <li key={rule.code} data-off={rule.hours === null || undefined}>
              <PriorityMark priority={rule.priority} />{" "}
              <strong>{t("templates.silence", { what: rule.display, hours: rule.hours ?? 0 })}</strong>{" "}
              <span className={classes.quiet}>
                {rule.source_title ?? t("limit.patient")}
                {rule.hours === null && ` · ${t("templates.off")}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
