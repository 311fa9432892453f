/** Measurements as rows: what, when, from where, by whom, and whether they count. */
import { Badge, Button, Table, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { Observation } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { formatAge, formatInstant, formatUnit, observationUnit } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import { readingWords } from "../charts/readingText";
import { MarkInErrorDialog } from "./MarkInErrorDialog";
import classes from "./patient.module.css";

interface MeasurementTableProps {
  readonly patientId: string;
  readonly observations: readonly Observation[];
}

export function MeasurementTable({ patientId, observations }: MeasurementTableProps) {
  const { t } = useTranslation("patient");
  const vitals = useQuery(vitalSignsOptions);
  const now = useNow(30_000);
  const [marking, setMarking] = useState<Observation | null>(null);
  const decimals = new Map(vitals.data?.items.map((vital) => [vital.code, vital.decimals]));
  return (
    <section className={classes.tableScroll} aria-label={t("measurements")}>
      <Table verticalSpacing={6} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("column.when")}</Table.Th>
            <Table.Th scope="col">{t("column.what")}</Table.Th>
            <Table.Th scope="col" ta="right">
              {t("column.value")}
            </Table.Th>
            <Table.Th scope="col">{t("column.source")}</Table.Th>
            <Table.Th scope="col">{t("column.remarks")}</Table.Th>
            <Table.Th scope="col">
              <span className={classes.unseen}>{t("column.actions")}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {observations.map((observation) => (
            <Table.Tr key={observation.id} data-status={observation.status}>
              <Table.Td className={classes.when}>
                {formatInstant(Date.parse(observation.effective_at))}
                <small>{formatAge(now - Date.parse(observation.effective_at))}</small>
              </Table.Td>
              <Table.Td>{observation.display}</Table.Td>
              <Table.Td ta="right" className={classes.number}>
                <span className={classes.counted}>
                  {readingWords(observation, decimals.get(observation.code) ?? 1)}
                </span>{" "}
                <span className={classes.unit}>{formatUnit(observationUnit(observation))}</span>
              </Table.Td>
              <Table.Td>
                <Source observation={observation} />
              </Table.Td>
              <Table.Td>
                <Remarks observation={observation} />
              </Table.Td>
              <Table.Td ta="right">
                <MarkButton observation={observation} onMark={() => setMarking(observation)} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {marking && <MarkInErrorDialog patientId={patientId} observation={marking} onClose={() => setMarking(null)} />}
    </section>
  );
}

function Source({ observation }: { observation: Observation }) {
  const { t } = useTranslation("patient");
  const manual = observation.source === "manual";
  const name = manual ? observation.performer?.name : observation.device?.name;
  return (
    <span className={classes.source}>
      <svg width="12" height="12" aria-hidden="true">
        {manual ? (
          <path d="M6 1 11 6 6 11 1 6Z" fill="none" stroke="currentColor" strokeWidth="1.5" />
        ) : (
          <circle cx="6" cy="6" r="3" fill="currentColor" />
        )}
      </svg>
      {t(manual ? "manual" : "device")}
      {name && <span className={classes.quiet}>· {name}</span>}
    </span>
  );
}

function Remarks({ observation }: { observation: Observation }) {
  const { t } = useTranslation("patient");
  const { correction, status, quarantine_reason: reason, flags, note } = observation;
  return (
    <span className={classes.remarks}>
      {status === "quarantined" && (
        <Badge variant="outline" color="gray">
          {t("status.quarantined")}
        </Badge>
      )}
      {status === "entered-in-error" && (
        <Badge variant="outline" color="gray">
          {t("status.inError")}
        </Badge>
      )}
      {reason && <span>{reason}</span>}
      {correction && (
        <span>
          {t("corrected", {
            name: correction.by.name,
            at: formatInstant(Date.parse(correction.at)),
            reason: correction.reason,
          })}
        </span>
      )}
      {flags.map((flag) => (
        <Badge key={flag} variant="light" color="gray">
          {flag}
        </Badge>
      ))}
      {note && <q>{note}</q>}
    </span>
  );
}

function MarkButton({ observation, onMark }: { observation: Observation; onMark: () => void }) {
  const { t } = useTranslation("patient");
  const mayMark = useCan("observation:mark_in_error");
  if (observation.status === "entered-in-error" || !mayMark) return null;
  return (
    <Tooltip label={t("markInError")}>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        className={classes.mark}
        onClick={onMark}
        aria-label={t("markThis", {
          what: observation.display,
          when: formatInstant(Date.parse(observation.effective_at)),
        })}
      >
        {t("inError")}
      </Button>
    </Tooltip>
  );
}
