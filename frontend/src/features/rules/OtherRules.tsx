/** Rules over several signs together and over silence: those that stand here, and those that sets bring. */
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Combination, Priority, Silence, VitalSign } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import { CombinationDialog } from "./CombinationDialog";
import { newId, type OtherRuleLists, type Shown } from "./draft";
import classes from "./rules.module.css";
import { SilenceDialog } from "./SilenceDialog";
import { conditionWords } from "./words";

interface OtherRulesProps {
  readonly lists: OtherRuleLists;
  readonly signs: readonly VitalSign[];
  readonly readOnly: boolean;
  readonly onCombinations: (own: readonly Combination[]) => void;
  readonly onStale: (own: readonly Silence[]) => void;
}

type Dialog =
  | { readonly kind: "combination"; readonly rule: Combination; readonly isNew: boolean }
  | { readonly kind: "silence"; readonly rule: Silence; readonly isNew: boolean };

export function OtherRules({ lists, signs, readOnly, onCombinations, onStale }: OtherRulesProps) {
  const { t } = useTranslation("rules");
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const name = (code: string) => signs.find((sign) => sign.code === code)?.display ?? code;
  const combinations = own(lists.combinations);
  const stale = own(lists.stale);
  const setCombination = (rule: Combination) => {
    onCombinations(replaced(combinations, rule, ({ id }) => id));
    setDialog(null);
  };
  const setSilence = (rule: Silence) => {
    onStale(replaced(stale, rule, ({ code }) => code));
    setDialog(null);
  };
  const isEmpty = lists.combinations.length + lists.stale.length === 0;
  if (isEmpty && readOnly) return null;
  return (
    <section className={classes.stack} aria-label={t("others.title")}>
      <h2 className={classes.heading}>{t("others.title")}</h2>
      {isEmpty && <p className={classes.quiet}>{t("others.none")}</p>}
      <ul className={classes.otherRules}>
        {lists.combinations.map(({ rule, from }) => (
          <Line
            key={rule.id}
            priority={rule.priority}
            title={rule.title}
            detail={
              <>
                {t("others.together", { count: rule.at_least, all: rule.conditions.length })}{" "}
                {rule.conditions.map((condition) => conditionWords(condition, name, t)).join("; ")}
              </>
            }
            from={from}
            isOff={!rule.enabled}
            readOnly={readOnly}
            onEdit={() => setDialog({ kind: "combination", rule, isNew: false })}
            onSwitch={() => setCombination({ ...rule, enabled: !rule.enabled })}
            onRemove={() => onCombinations(combinations.filter(({ id }) => id !== rule.id))}
          />
        ))}
        {lists.stale.map(({ rule, from }) => (
          <Line
            key={rule.code}
            priority={rule.priority}
            title={
              rule.hours === null
                ? t("others.noSilence", { what: name(rule.code) })
                : t("others.silence", { what: name(rule.code), hours: rule.hours })
            }
            detail={null}
            from={from}
            isOff={rule.hours === null}
            readOnly={readOnly}
            onEdit={() => setDialog({ kind: "silence", rule, isNew: false })}
            onSwitch={rule.hours === null ? null : () => setSilence({ ...rule, hours: null })}
            onRemove={() => onStale(stale.filter(({ code }) => code !== rule.code))}
          />
        ))}
      </ul>
      {!readOnly && (
        <div className={classes.actions}>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden="true" />}
            onClick={() => setDialog({ kind: "combination", rule: newCombination(), isNew: true })}
          >
            {t("others.addCombination")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden="true" />}
            onClick={() =>
              setDialog({ kind: "silence", rule: { code: "", hours: 12, priority: "medium" }, isNew: true })
            }
          >
            {t("others.addSilence")}
          </Button>
        </div>
      )}
      {dialog?.kind === "combination" && (
        <CombinationDialog
          rule={dialog.rule}
          isNew={dialog.isNew}
          signs={signs}
          onClose={() => setDialog(null)}
          onDone={setCombination}
        />
      )}
      {dialog?.kind === "silence" && (
        <SilenceDialog
          rule={dialog.rule}
          isNew={dialog.isNew}
          signs={signs}
          onClose={() => setDialog(null)}
          onDone={setSilence}
        />
      )}
    </section>
  );
}

interface LineProps {
  readonly priority: Priority;
  readonly title: string;
  readonly detail: ReactNode;
  readonly from: string | null;
  readonly isOff: boolean;
  readonly readOnly: boolean;
  readonly onEdit: () => void;
  readonly onSwitch: (() => void) | null;
  readonly onRemove: () => void;
}

function Line({ priority, title, detail, from, isOff, readOnly, onEdit, onSwitch, onRemove }: LineProps) {
  const { t } = useTranslation("rules");
  const button = (word: string, act: () => void) => (
    <Button size="compact-sm" variant="subtle" aria-label={`${t(word)}: ${title}`} onClick={act}>
      {t(word)}
    </Button>
  );
  return (
    <li data-off={isOff || undefined}>
      <PriorityMark priority={priority} />
      <div>
        <strong>{title}</strong>
        <p className={classes.quiet}>
          {detail}
          {from !== null && <span className={classes.from}>{t("others.from", { set: from })}</span>}
          {isOff && <span className={classes.from}>{t("others.off")}</span>}
        </p>
      </div>
      {!readOnly && (
        <div className={classes.actions}>
          {button("others.edit", onEdit)}
          {onSwitch && button(isOff ? "others.switchOn" : "others.switchOff", onSwitch)}
          {from === null && button("others.remove", onRemove)}
        </div>
      )}
    </li>
  );
}

function own<Rule>(shown: readonly Shown<Rule>[]): readonly Rule[] {
  return shown.filter(({ from }) => from === null).map(({ rule }) => rule);
}

function replaced<Rule>(rules: readonly Rule[], rule: Rule, keyOf: (rule: Rule) => unknown): readonly Rule[] {
  const place = rules.findIndex((each) => keyOf(each) === keyOf(rule));
  return place < 0 ? [...rules, rule] : rules.with(place, rule);
}

function newCombination(): Combination {
  const condition = { code: "", operator: "above", value: 0, hours: null, max_age_s: 3600, required: true } as const;
  return {
    id: newId("c"),
    title: "",
    priority: "high",
    at_least: 2,
    conditions: [condition, condition],
    enabled: true,
    latching: true,
  };
}
