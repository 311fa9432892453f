/** A patient measures: one thing at a time. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/me";
import { EmptyState } from "../../../components/EmptyState";
import { PageHeader } from "../../../components/PageHeader";
import { MeasurementForm } from "../MeasurementForm";
import classes from "../measure.module.css";

export function MeasurePage() {
  const { t } = useTranslation("measure");
  const { patient_id: patientId } = useMe();
  const { code } = useSearch({ from: "/shell/measure" });
  const navigate = useNavigate();
  if (patientId === null) return <EmptyState title={t("noPatient.title")}>{t("noPatient.about")}</EmptyState>;
  return (
    <div className={classes.page}>
      <PageHeader title={t("title")} />
      <MeasurementForm
        key={code ?? "any"}
        patientId={patientId}
        plain
        {...(code === undefined ? {} : { code })}
        onSaved={() => void navigate({ to: "/home" })}
      />
    </div>
  );
}
