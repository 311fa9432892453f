/** The patient's own values over time. */
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/me";
import { EmptyState } from "../../../components/EmptyState";
import { PageHeader } from "../../../components/PageHeader";
import { PatientCharts } from "../../charts/PatientCharts";

export function MyChartsPage() {
  const { t } = useTranslation("home");
  const { patient_id: patientId } = useMe();
  if (patientId === null) return <EmptyState title={t("noPatient.title")}>{t("noPatient.about")}</EmptyState>;
  return (
    <>
      <PageHeader title={t("chartsTitle")} about={t("chartsAbout")} />
      <PatientCharts patientId={patientId} plain />
    </>
  );
}
