/** How urgent an alert of a rule is. */
import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Priority } from "../../api/types";

const priorities = ["high", "medium", "low"] as const;

interface PrioritySelectProps {
  readonly value: Priority;
  readonly onChange: (priority: Priority) => void;
}

export function PrioritySelect({ value, onChange }: PrioritySelectProps) {
  const { t } = useTranslation("rules");
  return (
    <Select
      label={t("priority.label")}
      data={priorities.map((priority) => ({ value: priority, label: t(`priority.${priority}`) }))}
      value={value}
      allowDeselect={false}
      onChange={(chosen) => onChange(priorities.find((each) => each === chosen) ?? "medium")}
    />
  );
}
