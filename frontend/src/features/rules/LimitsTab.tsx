/** When this patient alerts: limits, sets of rules, rules over several signs and over silence. */
import { Badge, Button, MultiSelect, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { AlertRule, AlertRules, VitalSign } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { alertRulesOptions } from "../charts/queries";
import { bodyOf, changeCount, othersOf, type RulesDraft, unchanged } from "./draft";
import { LimitsTable } from "./LimitsTable";
import { isChanged, problemOf, rowOf } from "./limits";
import { OtherRules } from "./OtherRules";
import { ruleTemplatesOptions, useSaveRules } from "./queries";
import { Rehearsal } from "./Rehearsal";
import classes from "./rules.module.css";

export function LimitsTab({ patientId }: { patientId: string }) {
  const { t } = useTranslation("rules");
  const rules = useQuery(alertRulesOptions(patientId));
  const vitals = useQuery(vitalSignsOptions);
  if (rules.isError && !rules.data) {
    return (
      <div role="alert">
        <p>{t("limitsFailed")}</p>
        <Button variant="default" onClick={() => void rules.refetch()}>
          {t("retry")}
        </Button>
      </div>
    );
  }
  if (!rules.data || !vitals.data) {
    return (
      <div role="status" aria-label={t("loading")}>
        {["a", "b", "c", "d", "e", "f"].map((key) => (
          <Skeleton key={key} height={40} mt={8} />
        ))}
      </div>
    );
  }
  if (rules.data.rules.length === 0) return <p>{t("noLimits")}</p>;
  return <RulesForm patientId={patientId} rules={rules.data} signs={vitals.data.items} />;
}

interface RulesFormProps {
  readonly patientId: string;
  readonly rules: AlertRules;
  readonly signs: readonly VitalSign[];
}

function RulesForm({ patientId, rules, signs }: RulesFormProps) {
  const { t } = useTranslation("rules");
  const readOnly = !useCan("alert_rule:update");
  const mayTry = useCan("alert_rule:rehearse");
  const [draft, setDraft] = useState<RulesDraft>(unchanged);
  const save = useSaveRules(patientId);
  const known = useQuery({ ...ruleTemplatesOptions, enabled: !readOnly }).data?.items ?? null;
  const change = (changes: Partial<RulesDraft>) => setDraft({ ...draft, ...changes });
  const count = changeCount(rules, draft);
  const lines = rules.rules.map((rule) => {
    const row = draft.limits.get(rule.code) ?? rowOf(rule);
    const problem = problemOf(row, signs.find((sign) => sign.code === rule.code) ?? null);
    const changed = isChanged(rule, draft.limits);
    const giveUp = () => change({ limits: new Map(draft.limits).set(rule.code, null) });
    return {
      code: rule.code,
      display: rule.display,
      unit: rule.unit,
      row,
      problem: problem && t(`problem.${problem}`),
      changed,
      state: (
        <Whose
          rule={rule}
          changed={changed}
          isGivenUp={draft.limits.get(rule.code) === null}
          onGiveUp={readOnly ? null : giveUp}
        />
      ),
    };
  });
  const hasProblems = lines.some(({ problem }) => problem !== null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!hasProblems) save.mutate(bodyOf(rules, draft), { onSuccess: () => setDraft(unchanged) });
  };
  return (
    <form onSubmit={send} className={classes.stack}>
      <MultiSelect
        label={t("templates.title")}
        description={t("templates.hint")}
        placeholder={rules.templates.length === 0 ? t("templates.none") : ""}
        data={(known ?? rules.templates).map(({ id, title }) => ({ value: id, label: title }))}
        value={[...(draft.templates ?? rules.templates.map(({ id }) => id))]}
        readOnly={readOnly}
        maw={560}
        onChange={(templates) => change({ templates })}
      />
      {draft.templates && <p className={classes.quiet}>{t("templates.later")}</p>}
      <p className={classes.quiet}>{t("limitsText")}</p>
      <LimitsTable
        lines={lines}
        stateTitle={t("limit.source")}
        readOnly={readOnly}
        onChange={(code, row) => change({ limits: new Map(draft.limits).set(code, row) })}
      />
      <OtherRules
        lists={othersOf(rules, draft, known)}
        signs={signs}
        readOnly={readOnly}
        onCombinations={(combinations) => change({ combinations })}
        onStale={(stale) => change({ stale })}
      />
      {mayTry && <Rehearsal patientId={patientId} rules={bodyOf(rules, draft)} disabled={hasProblems} />}
      {save.isError && (
        <p role="alert" className={classes.failed}>
          {t("limitsNotSaved", { reason: save.error.message })}
        </p>
      )}
      <div className={classes.saveBar} aria-live="polite">
        {!readOnly && (
          <>
            <Button type="submit" disabled={count === 0 || hasProblems} loading={save.isPending}>
              {t("saveLimits", { count })}
            </Button>
            {count > 0 && (
              <Button variant="default" onClick={() => setDraft(unchanged)}>
                {t("discard")}
              </Button>
            )}
          </>
        )}
        {save.isSuccess && count === 0 && <span className={classes.quiet}>{t("limitsSaved")}</span>}
      </div>
    </form>
  );
}

interface WhoseProps {
  readonly rule: AlertRule;
  readonly changed: boolean;
  readonly isGivenUp: boolean;
  readonly onGiveUp: (() => void) | null;
}

function Whose({ rule, changed, isGivenUp, onGiveUp }: WhoseProps) {
  const { t } = useTranslation("rules");
  const words = isGivenUp
    ? t("limit.givenUp")
    : changed
      ? t("limit.changed")
      : (rule.source_title ?? t(`limit.${rule.source}`));
  return (
    <span className={classes.whose}>
      <Badge variant={rule.source !== "default" || changed ? "light" : "outline"} color={changed ? "teal" : "gray"}>
        {words}
      </Badge>
      {rule.source === "patient" && !isGivenUp && onGiveUp && (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`${rule.display}: ${t("limit.giveUpTitle")}`}
          onClick={onGiveUp}
        >
          {t("limit.giveUp")}
        </Button>
      )}
    </span>
  );
}
