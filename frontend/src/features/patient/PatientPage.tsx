/** One patient: who they are stays in view, everything about them is one tab away. */
import { Button, Modal, Tabs } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import { PatientCharts } from "../charts/PatientCharts";
import { MeasurementForm } from "../measure/MeasurementForm";
import { PlanTab } from "../plan/PlanTab";
import { LimitsTab } from "../rules/LimitsTab";
import { AccessTab } from "./AccessTab";
import { DevicesTab } from "./DevicesTab";
import { IdentityHeader } from "./IdentityHeader";
import { MeasurementsTab } from "./MeasurementsTab";
import { OverviewTab } from "./OverviewTab";
import { PatientFailed } from "./PatientStates";
import classes from "./patient.module.css";
import { patientOptions } from "./queries";
import { useLivePatient } from "./useLivePatient";

const tabs = ["overview", "charts", "measurements", "plan", "limits", "devices", "access"] as const;
type Tab = (typeof tabs)[number];

export function PatientPage({ patientId }: { patientId: string }) {
  const { t } = useTranslation("patient");
  const query = useQuery(patientOptions(patientId));
  const [tab, setTab] = useTab();
  const [measuring, setMeasuring] = useState(false);
  const mayMeasure = useCan("observation:create");
  useLivePatient(patientId);
  if (query.isError && !query.data) return <PatientFailed error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div className={classes.page}>
      <IdentityHeader patient={query.data ?? null}>
        {mayMeasure && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setMeasuring(true)}>
            <span className={classes.actionWord}>{t("addMeasurement")}</span>
          </Button>
        )}
      </IdentityHeader>
      <Tabs value={tab} onChange={(value) => setTab(tabOf(value))} keepMounted={false} className={classes.tabs}>
        <Tabs.List className={classes.tabList} aria-label={t("tabs")}>
          {tabs.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`tab.${value}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((value) => (
          <Tabs.Panel key={value} value={value} className={classes.panel}>
            <TabContent
              tab={value}
              patientId={patientId}
              onMeasure={mayMeasure ? () => setMeasuring(true) : null}
              onTab={setTab}
            />
          </Tabs.Panel>
        ))}
      </Tabs>
      <Modal
        opened={measuring}
        onClose={() => setMeasuring(false)}
        title={t("addMeasurement")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <MeasurementForm patientId={patientId} onSaved={() => setMeasuring(false)} />
      </Modal>
    </div>
  );
}

function tabOf(text: string | null): Tab {
  return tabs.find((tab) => tab === text) ?? "overview";
}

/** The tab is part of the address, so that a link and the way back lead to it. */
function useTab(): [Tab, (tab: Tab) => void] {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const setTab = useCallback(
    (tab: Tab) => void navigate({ to: ".", hash: tab === "overview" ? "" : tab, resetScroll: false }),
    [navigate],
  );
  return [tabOf(hash), setTab];
}

interface TabContentProps {
  readonly tab: Tab;
  readonly patientId: string;
  readonly onMeasure: (() => void) | null;
  readonly onTab: (tab: Tab) => void;
}

function TabContent({ tab, patientId, onMeasure, onTab }: TabContentProps) {
  switch (tab) {
    case "overview":
      return (
        <OverviewTab patientId={patientId} onMeasure={onMeasure} onShowMeasurements={() => onTab("measurements")} />
      );
    case "charts":
      return <PatientCharts patientId={patientId} />;
    case "measurements":
      return <MeasurementsTab patientId={patientId} onMeasure={onMeasure} />;
    case "plan":
      return <PlanTab patientId={patientId} />;
    case "limits":
      return <LimitsTab patientId={patientId} />;
    case "devices":
      return <DevicesTab patientId={patientId} />;
    case "access":
      return <AccessTab patientId={patientId} />;
  }
}
