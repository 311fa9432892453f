/** A patient's measurement plan: what today brings, what is asked for, and how it was followed. */
import { Button, Menu, Skeleton, Switch } from "@mantine/core";
import { IconPlus, IconTemplate } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { Plan, PlanItem, PlanItemInput } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState, problemText } from "../../components/ErrorState";
import { Problem } from "../../lib/api";
import { formatDate } from "../../lib/format";
import { AdherenceTable } from "./AdherenceTable";
import { DueTable } from "./DueTable";
import { ItemDialog } from "./ItemDialog";
import classes from "./plan.module.css";
import { planOptions, templatesOptions, useSavePlan } from "./queries";
import { useLiveDue } from "./useLiveDue";
import { dayIn, fromTemplate, minutesWords, scheduleWords, toInput } from "./words";

export function PlanTab({ patientId }: { readonly patientId: string }) {
  const plan = useQuery(planOptions(patientId));
  useLiveDue(patientId);
  if (plan.isPending) return <Skeleton height={240} />;
  if (!plan.data) return <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />;
  return (
    <div className={classes.tab}>
      <DueTable patientId={patientId} timeZone={plan.data.time_zone} />
      <PlanItems patientId={patientId} plan={plan.data} />
      <AdherenceTable patientId={patientId} items={plan.data.items} />
    </div>
  );
}

interface Editing {
  readonly item: PlanItemInput;
  readonly isNew: boolean;
}

function PlanItems({ patientId, plan }: { readonly patientId: string; readonly plan: Plan }) {
  const { t } = useTranslation("plan");
  const client = useQueryClient();
  const mayEdit = useCan("measurement_plan:update");
  const [editing, setEditing] = useState<Editing | null>(null);
  const save = useSavePlan(patientId);
  const items = plan.items.map(toInput);
  const today = dayIn(plan.time_zone, Date.now());
  const send = (next: readonly PlanItemInput[], onSuccess?: () => void) =>
    save.mutate({ items: next, revision: plan.revision }, onSuccess ? { onSuccess } : {});
  const close = () => {
    setEditing(null);
    save.reset();
  };
  const keep = (item: PlanItemInput) =>
    send(editing?.isNew ? [...items, item] : items.map((other) => (other.id === item.id ? item : other)), close);
  const isConflict = save.error instanceof Problem && save.error.status === 409;
  return (
    <section aria-labelledby="plan-items">
      <div className={classes.head}>
        <h2 id="plan-items">{t("items")}</h2>
        {mayEdit && (
          <div className={classes.actions}>
            <TemplateMenu onPick={(added) => send([...items, ...fromTemplate(added, today)])} />
            <Button
              leftSection={<IconPlus size={16} aria-hidden="true" />}
              onClick={() => setEditing({ item: blank(today), isNew: true })}
            >
              {t("add")}
            </Button>
          </div>
        )}
      </div>
      {isConflict && (
        <div className={classes.conflict} role="alert">
          <p>{t("conflict")}</p>
          <Button
            variant="default"
            onClick={() => {
              close();
              void client.invalidateQueries({ queryKey: planOptions(patientId).queryKey });
            }}
          >
            {t("readAgain")}
          </Button>
        </div>
      )}
      {save.isError && !isConflict && !editing && (
        <p role="alert" className={classes.failed}>
          {t("common:notSaved", { reason: problemText(save.error, t) })}
        </p>
      )}
      {plan.items.length === 0 ? (
        <EmptyState title={t("emptyTitle")}>{t(mayEdit ? "emptyText" : "emptyReadOnly")}</EmptyState>
      ) : (
        <ul className={`card ${classes.items}`}>
          {plan.items.map((item) => (
            <ItemRow
              key={item.id}
              item={item}
              mayEdit={mayEdit}
              busy={save.isPending}
              onEdit={() => setEditing({ item: toInput(item), isNew: false })}
              onEnable={(enabled) => send(items.map((other) => (other.id === item.id ? { ...other, enabled } : other)))}
              onRemove={() => send(items.filter((other) => other.id !== item.id))}
            />
          ))}
        </ul>
      )}
      {editing && !isConflict && (
        <ItemDialog
          item={editing.item}
          isNew={editing.isNew}
          timeZone={plan.time_zone}
          busy={save.isPending}
          failure={save.error}
          onClose={close}
          onSave={keep}
        />
      )}
    </section>
  );
}

function blank(today: string): PlanItemInput {
  return {
    id: null,
    code: "85354-9",
    schedule: { kind: "times_of_day", times: ["08:00"], weekdays: null },
    window_before_minutes: 60,
    grace_minutes: 60,
    instructions: "",
    tell: "professionals",
    start: today,
    end: null,
    enabled: true,
  };
}

function TemplateMenu({ onPick }: { readonly onPick: (items: Parameters<typeof fromTemplate>[0]) => void }) {
  const { t } = useTranslation("plan");
  const templates = useQuery(templatesOptions);
  const rows = templates.data?.items ?? [];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          disabled={rows.length === 0}
          leftSection={<IconTemplate size={16} aria-hidden="true" />}
        >
          {t("fromTemplate")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {rows.map((template) => (
          <Menu.Item key={template.id} onClick={() => onPick(template.items)}>
            {template.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface ItemRowProps {
  readonly item: PlanItem;
  readonly mayEdit: boolean;
  readonly busy: boolean;
  readonly onEdit: () => void;
  readonly onEnable: (enabled: boolean) => void;
  readonly onRemove: () => void;
}

function ItemRow({ item, mayEdit, busy, onEdit, onEnable, onRemove }: ItemRowProps) {
  const { t } = useTranslation("plan");
  const [asked, setAsked] = useState(false);
  return (
    <li data-off={!item.enabled || undefined}>
      <div className={classes.itemWords}>
        <h3>{item.display}</h3>
        <p>
          {scheduleWords(item.schedule, t)}, {t("graceOf", { time: minutesWords(item.grace_minutes, t) })}
        </p>
        <p className="quiet">
          {[
            t("earlyBy", { time: minutesWords(item.window_before_minutes, t) }),
            item.end
              ? t("fromTo", { start: formatDate(item.start), end: formatDate(item.end) })
              : t("since", { start: formatDate(item.start) }),
            item.tell === "nobody" ? t("tellsNobody") : null,
            item.enabled ? null : t("off"),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
        {item.instructions && <p className="quiet">{item.instructions}</p>}
      </div>
      {mayEdit && (
        <div className={classes.actions}>
          <Switch
            aria-label={t("followed", { item: item.display })}
            checked={item.enabled}
            disabled={busy}
            onChange={(event) => onEnable(event.currentTarget.checked)}
          />
          <Button size="compact-sm" variant="default" aria-label={t("editOf", { item: item.display })} onClick={onEdit}>
            {t("edit")}
          </Button>
          <Button
            size="compact-sm"
            variant={asked ? "filled" : "subtle"}
            aria-label={t(asked ? "reallyRemove" : "removeOf", { item: item.display })}
            disabled={busy}
            onBlur={() => setAsked(false)}
            onClick={() => (asked ? onRemove() : setAsked(true))}
          >
            {t(asked ? "really" : "remove")}
          </Button>
        </div>
      )}
    </li>
  );
}
