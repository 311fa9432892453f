/** Limits, one row a vital sign: four numbers and, when opened, how the alert behaves. */
import { Button, NumberInput, VisuallyHidden } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { PriorityMark } from "../../components/PriorityMark";
import { formatUnit } from "../../lib/format";
import { hasManners, type LimitField, type LimitRow, limitFields } from "./limits";
import { MannersFields } from "./MannersFields";
import classes from "./rules.module.css";

/** `state`: what stands in the column after the limits. */
export interface LimitsLine {
  readonly code: string;
  readonly display: string;
  readonly unit: string | null;
  readonly row: LimitRow;
  readonly problem: string | null;
  readonly changed: boolean;
  readonly state: ReactNode;
}

interface LimitsTableProps {
  readonly lines: readonly LimitsLine[];
  readonly stateTitle: string;
  readonly readOnly: boolean;
  readonly onChange: (code: string, row: LimitRow) => void;
}

export function LimitsTable({ lines, stateTitle, readOnly, onChange }: LimitsTableProps) {
  const { t } = useTranslation("rules");
  return (
    <div className={classes.tableScroll}>
      <table className={classes.limits}>
        <thead>
          <tr>
            <th scope="col">{t("column.what")}</th>
            {limitFields.map((field) => (
              <th key={field} scope="col">
                <PriorityMark priority={field.startsWith("critical") ? "high" : "medium"} compact />{" "}
                {t(`limit.${field}`)}
              </th>
            ))}
            <th scope="col">{stateTitle}</th>
            <th scope="col">
              <VisuallyHidden>{t("manners.title")}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <LimitsRow key={line.code} line={line} readOnly={readOnly} onChange={(row) => onChange(line.code, row)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LimitsRowProps {
  readonly line: LimitsLine;
  readonly readOnly: boolean;
  readonly onChange: (row: LimitRow) => void;
}

function LimitsRow({ line, readOnly, onChange }: LimitsRowProps) {
  const { t } = useTranslation("rules");
  const [open, setOpen] = useState(false);
  const { row } = line;
  const set = (field: LimitField, value: string | number) =>
    onChange({ ...row, [field]: typeof value === "number" ? value : null });
  return (
    <>
      <tr data-changed={line.changed || undefined}>
        <th scope="row">
          {line.display} <span className={classes.unit}>{formatUnit(line.unit)}</span>
          {line.problem && (
            <p className={classes.problem} role="alert">
              {line.problem}
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
              aria-label={`${line.display}, ${t(`limit.${field}`)}`}
              placeholder={t("limit.none")}
              error={line.problem !== null}
              value={row[field] ?? ""}
              onChange={(value) => set(field, value)}
            />
          </td>
        ))}
        <td>{line.state}</td>
        <td>
          <Button
            size="compact-xs"
            variant={hasManners(row) ? "light" : "subtle"}
            aria-expanded={open}
            aria-label={`${line.display}, ${t("manners.title")}`}
            onClick={() => setOpen(!open)}
          >
            {t("manners.more")}
          </Button>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={limitFields.length + 3}>
            <MannersFields rule={line} row={row} readOnly={readOnly} onChange={onChange} />
          </td>
        </tr>
      )}
    </>
  );
}
