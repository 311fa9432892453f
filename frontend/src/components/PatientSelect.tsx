/** One patient of those the reader may see, found by typing. */
import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Page, Patient } from "../api/types";
import { get } from "../lib/api";

export interface PatientSelectProps {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly value: string | null;
  readonly onChange: (patientId: string | null) => void;
  /** The name of the present patient, who may be beyond the first answer of the search. */
  readonly presentName?: string | null;
  readonly clearLabel: string;
}

function foundOptions(search: string) {
  return queryOptions({
    queryKey: ["patients", "select", search],
    queryFn: ({ signal }) => get<Page<Patient>>("/patients", { q: search, limit: 30 }, signal),
    placeholderData: keepPreviousData,
  });
}

export function PatientSelect(props: PatientSelectProps) {
  const { value, onChange, presentName } = props;
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text === presentName ? "" : text, 250);
  const { data } = useQuery(foundOptions(search));
  const options = (data?.items ?? []).map(({ id, name, ward, room }) => {
    const place = [ward, room].filter(Boolean).join(" · ");
    return { value: id, label: place ? `${name} (${place})` : name };
  });
  const known = value === null || options.some((option) => option.value === value);
  return (
    <Select
      label={props.label}
      description={props.description}
      placeholder={props.placeholder}
      data={known ? options : [{ value, label: presentName ?? value }, ...options]}
      value={value}
      onChange={onChange}
      onSearchChange={setText}
      // The server has searched already.
      filter={({ options: all }) => all}
      searchable
      clearable
      clearButtonProps={{ "aria-label": props.clearLabel }}
    />
  );
}
