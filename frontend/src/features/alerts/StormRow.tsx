/** A storm of alerts that are not urgent, as one row: what they are, to be opened, and to be acknowledged together. */
import { Button, Collapse, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import { PriorityMark } from "../../components/PriorityMark";
import { formatAge } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import { AlertList } from "./AlertList";
import classes from "./alerts.module.css";
import { byUrgency } from "./order";
import { type Storm, stormOptions } from "./queries";
import { StormDialog } from "./StormDialog";

const partsShown = 3;

export function StormRow({ storm, compact = false }: { readonly storm: Storm; readonly compact?: boolean }) {
  const { t } = useTranslation("alerts");
  const [opened, { toggle }] = useDisclosure(false);
  const [asking, setAsking] = useState(false);
  const mayAct = useCan("alert:acknowledge");
  const now = useNow(30_000);
  const listId = useId();
  const span = formatAge(Math.max(60_000, Date.parse(storm.last_at) - Date.parse(storm.first_at)));
  const parts = storm.parts.slice(0, partsShown).map(({ title, count }) => t("stormPart", { title, count }));
  if (storm.parts.length > partsShown) parts.push(t("stormMore", { count: storm.parts.length - partsShown }));
  return (
    <section className={classes.storm} aria-label={t("storm", { count: storm.count, span })}>
      <div className={classes.stormHead}>
        <button type="button" className={classes.row} aria-expanded={opened} aria-controls={listId} onClick={toggle}>
          <span className={classes.rowMark} data-done={storm.waiting.length === 0 || undefined}>
            <PriorityMark priority={storm.priority} compact />
          </span>
          <span className={classes.rowBody}>
            <span className={classes.rowTitle}>{t("storm", { count: storm.count, span })}</span>
            <span className={classes.rowValue}>{parts.join(" · ")}</span>
            <span className={classes.rowStatus}>
              {[
                t("stormPatients", { count: storm.patients }),
                storm.devices > 0 && t("stormDevices", { count: storm.devices }),
                t("waiting", { count: storm.waiting.length }),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </span>
          <span className={classes.rowAge}>
            <time dateTime={storm.last_at}>{formatAge(now - Date.parse(storm.last_at))}</time>
            {opened ? (
              <IconChevronDown size={16} aria-hidden="true" />
            ) : (
              <IconChevronRight size={16} aria-hidden="true" />
            )}
          </span>
        </button>
        {mayAct && storm.waiting.length > 0 && (
          <Group px={12} pb={12}>
            <Button size={compact ? "xs" : "sm"} variant="default" onClick={() => setAsking(true)}>
              {t("acknowledgeAll", { count: storm.waiting.length })}
            </Button>
          </Group>
        )}
      </div>
      <Collapse expanded={opened} id={listId} transitionDuration={120}>
        {opened && <StormAlerts storm={storm} compact={compact} />}
      </Collapse>
      {asking && <StormDialog storm={storm} onClose={() => setAsking(false)} />}
    </section>
  );
}

function StormAlerts({ storm, compact }: { readonly storm: Storm; readonly compact: boolean }) {
  const { t } = useTranslation("alerts");
  const query = useQuery(stormOptions(storm.id));
  const alerts = (query.data?.items ?? []).toSorted(byUrgency);
  if (query.isPending) return <p className={classes.stormNote}>{t("loading")}</p>;
  if (query.isError) return <p className={classes.stormNote}>{t("failedTitle")}</p>;
  return (
    <>
      <AlertList alerts={alerts} compact={compact} />
      {storm.count > alerts.length && (
        <p className={classes.stormNote}>{t("stormShown", { shown: alerts.length, count: storm.count })}</p>
      )}
    </>
  );
}
