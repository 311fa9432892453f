/** When this patient alerts: one row of limits a vital sign, the hospital's defaults until changed. */
import { Badge, Button, NumberInput, Skeleton, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { AlertRule, VitalSign } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { PriorityMark } from "../../components/PriorityMark";
import { formatUnit } from "../../lib/format";
import { alertRulesOptions } from "../charts/queries";
import {
  hasManners,
  isChanged,
  type LimitField,
  type LimitRow,
  limitFields,
  problemOf,
  rowOf,
  rulesToSend,
} from "./limits";
import { MannersFields } from "./MannersFields";
import classes from "./patient.module.css";
import { useSaveRules } from "./queries";
import { Rehearsal } from "./Rehearsal";
import { RuleTemplates } from "./RuleTemplates";

export function LimitsTab({ patientId }: { patientId: string }) {
  const { t } = useTranslation("patient");
  const rules = useQuery(alertRulesOptions(patientId));
  const vitals = useQuery(vitalSignsOptions);
  const readOnly = !useCan("alert_rule:update");
  if (rules.isError && !rules.data) {
    return (
      <div className={classes.empty} role="alert">
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
  if (rules.data.rules.length === 0) return <p className={classes.empty}>{t("noLimits")}</p>;
  return (
    <div className={classes.stack}>
      <RuleTemplates patientId={patientId} rules={rules.data} readOnly={readOnly} />
      <LimitsForm patientId={patientId} rules={rules.data.rules} vitals={vitals.data.items} />
    </div>
  );
}

interface LimitsFormProps {
  readonly patientId: string;
  readonly rules: readonly AlertRule[];
  readonly vitals: readonly VitalSign[];
}

function LimitsForm({ patientId, rules, vitals }: LimitsFormProps) {
  const { t } = useTranslation("patient");
  const [edits, setEdits] = useState<ReadonlyMap<string, LimitRow>>(new Map());
  const save = useSaveRules(patientId);
  const readOnly = !useCan("alert_rule:update");
  const mayTry = useCan("alert_rule:rehearse");
  const changed = rules.filter((rule) => isChanged(rule, edits));
  const problems = new Map(
    rules.flatMap((rule) => {
      const bounds = vitals.find((vital) => vital.code === rule.code) ?? null;
      const problem = problemOf(edits.get(rule.code) ?? rowOf(rule), bounds);
      return problem ? [[rule.code, problem] as const] : [];
    }),
  );
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (problems.size === 0)
      save.mutate({ rules: rulesToSend(rules, edits) }, { onSuccess: () => setEdits(new Map()) });
  };
  return (
    <form onSubmit={send} className={classes.stack}>
      <p className={classes.quiet}>{t("limitsText")}</p>
      <div className={classes.tableScroll}>
        <table className={classes.limits}>
          <LimitsHead />
          <tbody>
            {rules.map((rule) => (
              <LimitsRow
                key={rule.code}
                rule={rule}
                row={edits.get(rule.code) ?? rowOf(rule)}
                problem={problems.has(rule.code) ? t(`problem.${problems.get(rule.code) ?? "order"}`) : null}
                changed={changed.includes(rule)}
                readOnly={readOnly}
                onChange={(row) => setEdits(new Map(edits).set(rule.code, row))}
              />
            ))}
          </tbody>
        </table>
      </div>
      {mayTry && <Rehearsal patientId={patientId} rules={rulesToSend(rules, edits)} disabled={problems.size > 0} />}
      {save.isError && (
        <p role="alert" className={classes.failed}>
          {t("limitsNotSaved", { reason: save.error.message })}
        </p>
      )}
      <div className={classes.saveBar} aria-live="polite">
        {!readOnly && (
          <>
            <Button type="submit" disabled={changed.length === 0 || problems.size > 0} loading={save.isPending}>
              {t("saveLimits", { count: changed.length })}
            </Button>
            {changed.length > 0 && (
              <Button variant="default" onClick={() => setEdits(new Map())}>
                {t("discard")}
              </Button>
            )}
          </>
        )}
        {save.isSuccess && changed.length === 0 && <span className={classes.quiet}>{t("limitsSaved")}</span>}
      </div>
    </form>
  );
}

function LimitsHead() {
  const { t } = useTranslation("patient");
  return (
    <thead>
      <tr>
        <th scope="col">{t("column.what")}</th>
        {limitFields.map((field) => (
          <th key={field} scope="col">
            <PriorityMark priority={field.startsWith("critical") ? "high" : "medium"} compact /> {t(`limit.${field}`)}
          </th>
        ))}
        <th scope="col">{t("limit.source")}</th>
        <th scope="col">
          <VisuallyHidden>{t("manners.title")}</VisuallyHidden>
        </th>
      </tr>
    </thead>
  );
}

interface LimitsRowProps {
  readonly rule: AlertRule;
  readonly row: LimitRow;
  readonly problem: string | null;
  readonly changed: boolean;
  readonly readOnly: boolean;
  readonly onChange: (row: LimitRow) => void;
}

function LimitsRow({ rule, row, problem, changed, readOnly, onChange }: LimitsRowProps) {
  const { t } = useTranslation("patient");
  const [open, setOpen] = useState(false);
  const set = (field: LimitField, value: string | number) =>
    onChange({ ...row, [field]: typeof value === "number" ? value : null });
  return (
    <>
      <tr data-changed={changed || undefined}>
        <th scope="row">
          {rule.display} <span className={classes.unit}>{formatUnit(rule.unit)}</span>
          {problem && (
            <p className={classes.problem} role="alert">
              {problem}
            </p>
          )}
        </th>
        {limitFields.map((field) => (
          <td key={field}>
            <NumberInput
              size="xs"
              w={92}
              hideControls
              readOnly={readOnly}
              aria-label={`${rule.display}, ${t(`limit.${field}`)}`}
              placeholder={t("limit.none")}
              error={problem !== null}
              value={row[field] ?? ""}
              onChange={(value) => set(field, value)}
            />
          </td>
        ))}
        <td>
          <Badge variant={rule.source !== "default" || changed ? "light" : "outline"} color={changed ? "teal" : "gray"}>
            {changed ? t("limit.changed") : (rule.source_title ?? t(`limit.${rule.source}`))}
          </Badge>
        </td>
        <td>
          <Button
            size="compact-xs"
            variant={hasManners(row) ? "light" : "subtle"}
            aria-expanded={open}
            aria-label={`${rule.display}, ${t("manners.title")}`}
            onClick={() => setOpen(!open)}
          >
            {t("manners.more")}
          </Button>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={limitFields.length + 3}>
            <MannersFields rule={rule} row={row} readOnly={readOnly} onChange={onChange} />
          </td>
        </tr>
      )}
    </>
  );
}
