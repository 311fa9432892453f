/** Which account signs in as this patient: found by typing. */
import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Patient } from "../../../api/types";
import { accountsOptions } from "../api/patients";

interface AccountSelectProps {
  readonly value: string | null;
  readonly onChange: (userId: string | null) => void;
  readonly patient: Patient | null;
}

export function AccountSelect({ value, onChange, patient }: AccountSelectProps) {
  const { t } = useTranslation("patients");
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text, 250);
  const { data } = useQuery(accountsOptions(search));
  const free = (data ?? []).filter((user) => user.patient_id === null || user.patient_id === patient?.id);
  const options = free.map((user) => ({ value: user.id, label: `${user.name} (${user.username})` }));
  // The present account may be beyond the first answer of the search.
  const known = value === null || options.some((option) => option.value === value);
  return (
    <Select
      label={t("accountLabel")}
      description={t("accountHint")}
      data={known ? options : [{ value, label: t("linked") }, ...options]}
      value={value}
      onChange={onChange}
      onSearchChange={setText}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("notLinked") }}
    />
  );
}
