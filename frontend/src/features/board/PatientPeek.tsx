/** One patient beside the board: newest values with their last 24 hours, open alerts, a new measurement. */
import { ActionIcon, Button, Group } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AlertCard } from "../alerts/AlertCard";
import { Spark } from "../charts/Spark";
import { MeasurementForm } from "../measure/MeasurementForm";
import classes from "./board.module.css";
import { type Column, cellOf } from "./columns";
import type { BoardRow } from "./triage";
import { Reading } from "./VitalCell";

interface PatientPeekProps {
  readonly row: BoardRow;
  readonly columns: readonly Column[];
  readonly now: number;
  readonly onClose?: () => void;
}

export function PatientPeek({ row, columns, now, onClose }: PatientPeekProps) {
  const { t } = useTranslation("board");
  const [measuring, setMeasuring] = useState(false);
  const { patient } = row.item;
  const place = [patient.ward, patient.room].filter(Boolean).join(" · ");
  return (
    <div className={classes.peek}>
      <div className={classes.peekHead}>
        <div>
          {onClose && <h2>{patient.name}</h2>}
          <p>
            {[t("years", { count: patient.age_years }), t(`sex.${patient.sex}`), place, patient.identifier]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        {onClose && (
          <ActionIcon variant="subtle" color="gray" aria-label={t("close")} onClick={onClose}>
            <IconX size={18} />
          </ActionIcon>
        )}
      </div>
      <Group gap={8}>
        <Button
          size="xs"
          className={classes.asButton}
          renderRoot={(props) => <Link to="/patients/$patientId" params={{ patientId: patient.id }} {...props} />}
        >
          {t("openPatient")}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => setMeasuring(!measuring)}
        >
          {t("addMeasurement")}
        </Button>
      </Group>
      {measuring && <MeasurementForm patientId={patient.id} compact onSaved={() => setMeasuring(false)} />}
      {row.alerts.map((alert) => (
        <AlertCard key={alert.id} alert={alert} />
      ))}
      <PeekVitals row={row} columns={columns} now={now} />
    </div>
  );
}

function PeekVitals({ row, columns, now }: { row: BoardRow; columns: readonly Column[]; now: number }) {
  const { t } = useTranslation("board");
  const measured = columns.filter((column) => row.item.latest[column.code] !== undefined);
  if (measured.length === 0) return <p className={classes.peekEmpty}>{t("noValues")}</p>;
  return (
    <dl className={classes.peekVitals}>
      {measured.map((column) => {
        const cell = cellOf(row.item, column, row.alerts, now);
        return (
          <div
            key={column.code}
            data-stale={cell.stale || undefined}
            data-held={cell.held || undefined}
            data-priority={cell.alert?.condition_active ? cell.alert.priority : undefined}
          >
            <dt>{column.title}</dt>
            <dd>
              <Reading cell={cell} column={column} now={now} />
              <Spark data={cell.sparks} limits={column.limits} now={now} width={130} height={34} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
