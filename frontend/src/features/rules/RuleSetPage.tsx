/** One set of rules, to be written by an admin. */
import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AlertRuleInput, Combination, RuleTemplate, Silence, VitalSign } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState, problemText } from "../../components/ErrorState";
import { PageHeader } from "../../components/PageHeader";
import { RowsSkeleton } from "../../components/Skeletons";
import { newId, type Shown } from "./draft";
import { LimitsTable } from "./LimitsTable";
import { problemOf, rowOf } from "./limits";
import { OtherRules } from "./OtherRules";
import { ruleTemplatesOptions, useSaveRuleTemplate } from "./queries";
import classes from "./rules.module.css";

/** `setId` null: a new set. */
export function RuleSetPage({ setId }: { readonly setId: string | null }) {
  const { t } = useTranslation("rules");
  const query = useQuery(ruleTemplatesOptions);
  const signs = useQuery(vitalSignsOptions);
  const set = query.data?.items.find(({ id }) => id === setId) ?? null;
  return (
    <div className={classes.stack}>
      <Link to="/admin/rule-sets">{t("sets.back")}</Link>
      {query.isPending || signs.isPending ? (
        <RowsSkeleton columns={4} />
      ) : !query.data || !signs.data ? (
        <ErrorState error={query.error ?? signs.error} onRetry={() => void query.refetch()} />
      ) : setId !== null && set === null ? (
        <EmptyState title={t("sets.gone")}>{t("sets.goneText")}</EmptyState>
      ) : (
        <SetForm set={set} signs={signs.data.items} />
      )}
    </div>
  );
}

function newSet(): RuleTemplate {
  return { id: newId("r"), title: "", rules: [], combinations: [], stale: [], patients: 0 };
}

function SetForm({ set, signs }: { readonly set: RuleTemplate | null; readonly signs: readonly VitalSign[] }) {
  const { t } = useTranslation("rules");
  const navigate = useNavigate();
  const [draft, setDraft] = useState<RuleTemplate>(() => set ?? newSet());
  const [untitled, setUntitled] = useState(false);
  const save = useSaveRuleTemplate();
  const change = (changes: Partial<RuleTemplate>) => setDraft({ ...draft, ...changes });
  const numbers = signs.filter((sign) => sign.unit !== null && !sign.components?.length);
  const free = numbers.filter((sign) => draft.rules.every((rule) => rule.code !== sign.code));
  const lines = draft.rules.map((rule) => {
    const sign = signs.find(({ code }) => code === rule.code);
    const display = sign?.display ?? rule.code;
    const row = rowOf(rule);
    const problem = problemOf(row, sign ?? null);
    const remove = () => change({ rules: draft.rules.filter(({ code }) => code !== rule.code) });
    return {
      code: rule.code,
      display,
      unit: sign?.unit ?? null,
      row,
      problem: problem && t(`problem.${problem}`),
      changed: false,
      state: (
        <Button size="compact-xs" variant="subtle" aria-label={`${t("others.remove")}: ${display}`} onClick={remove}>
          {t("others.remove")}
        </Button>
      ),
    };
  });
  const hasProblems = lines.some(({ problem }) => problem !== null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setUntitled(draft.title.trim() === "");
    if (hasProblems || draft.title.trim() === "") return;
    save.mutate(draft, { onSuccess: () => void navigate({ to: "/admin/rule-sets" }) });
  };
  return (
    <form className={classes.stack} onSubmit={send} noValidate>
      <PageHeader
        title={set ? t("sets.editTitle", { title: set.title }) : t("sets.newTitle")}
        about={t("sets.applied", { count: draft.patients })}
      />
      <TextInput
        label={t("sets.name")}
        value={draft.title}
        maxLength={80}
        maw={420}
        error={untitled && draft.title.trim() === "" ? t("sets.untitled") : null}
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
      <h2 className={classes.heading}>{t("sets.limits")}</h2>
      {lines.length > 0 && (
        <LimitsTable
          lines={lines}
          stateTitle={t("others.remove")}
          readOnly={false}
          onChange={(code, row) =>
            change({ rules: draft.rules.map((rule) => (rule.code === code ? { code, ...row } : rule)) })
          }
        />
      )}
      <Select
        label={t("sets.addLimits")}
        placeholder={t("sets.choose")}
        data={free.map((sign) => ({ value: sign.code, label: sign.display }))}
        value={null}
        searchable
        maw={420}
        onChange={(code) => {
          const sign = free.find((each) => each.code === code);
          if (sign) change({ rules: [...draft.rules, startOf(sign)] });
        }}
      />
      <OtherRules
        lists={{ combinations: draft.combinations.map(here<Combination>), stale: draft.stale.map(here<Silence>) }}
        signs={signs}
        readOnly={false}
        onCombinations={(combinations) => change({ combinations })}
        onStale={(stale) => change({ stale })}
      />
      {save.isError && (
        <p role="alert" className={classes.failed}>
          {t("sets.notSaved", { reason: problemText(save.error, t) })}
        </p>
      )}
      <div className={classes.saveBar}>
        <Button type="submit" disabled={hasProblems} loading={save.isPending}>
          {t("sets.save")}
        </Button>
        <Button variant="default" onClick={() => void navigate({ to: "/admin/rule-sets" })}>
          {t("common:cancel")}
        </Button>
      </div>
    </form>
  );
}

function here<Rule>(rule: Rule): Shown<Rule> {
  return { rule, from: null };
}

function startOf(sign: VitalSign): AlertRuleInput {
  const { code, default_low, default_high } = sign;
  return { code, low: default_low, high: default_high, duration_s: 0, hysteresis: 0, latching: true };
}
