/** Adding a measurement: choose, type, look again, save. Professionals (compact) save without the second look. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ownRulesOptions } from "../../api/patientVitals";
import type { Observation, VitalSign } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { ErrorState } from "../../components/ErrorState";
import { CardsSkeleton } from "../../components/Skeletons";
import { type Range, rangeOf } from "../../lib/ranges";
import { useCreateObservation } from "./api/createObservation";
import { EntryForm } from "./components/EntryForm";
import { Review } from "./components/Review";
import { Saved } from "./components/Saved";
import { SignPicker } from "./components/SignPicker";
import { type Entry, fieldsOf, type Reading, typedSigns } from "./entry";

export interface MeasurementFormProps {
  readonly patientId: string;
  readonly onSaved: (observation: Observation) => void;
  /** For professionals: denser, and saved at once. */
  readonly compact?: boolean;
  /** Start with this vital sign. */
  readonly code?: string;
  /** For patients: plain words, the rarer signs left out. */
  readonly plain?: boolean;
}

type Understood = Extract<Reading, { ok: true }>;

export function MeasurementForm({ patientId, onSaved, compact = false, code, plain = false }: MeasurementFormProps) {
  const table = useQuery(vitalSignsOptions);
  const rules = useQuery(ownRulesOptions(patientId));
  const create = useCreateObservation(patientId);
  const [picked, setPicked] = useState<string | null>(code ?? null);
  const [entry, setEntry] = useState<Entry | null>(null);
  const [reading, setReading] = useState<Understood | null>(null);
  if (table.isPending) return <CardsSkeleton cards={6} height={compact ? 40 : 108} />;
  if (table.isError) return <ErrorState error={table.error} onRetry={() => void table.refetch()} />;
  const signs = table.data.items;
  const rangeFor = (each: string): Range => rangeOf(each, rules.data, signs);
  const sign = typedSigns(signs).find((each) => each.code === picked);
  const restart = (next: VitalSign | null) => {
    setPicked(next?.code ?? null);
    setEntry(null);
    setReading(null);
    create.reset();
  };
  if (create.data && sign) {
    return (
      <Saved
        observation={create.data}
        sign={sign}
        unit={create.variables.unit ?? create.variables.components?.[0]?.unit ?? ""}
        plain={plain}
        rangeFor={rangeFor}
        onAnother={() => restart(null)}
        onDone={() => onSaved(create.data)}
      />
    );
  }
  const picker = (
    <SignPicker signs={typedSigns(signs)} picked={picked} onPick={restart} compact={compact} plain={plain} />
  );
  if (!sign) return picker;
  const save = (understood: Understood) => create.mutate(understood.observation);
  if (reading && entry && !compact) {
    return (
      <Review
        fields={fieldsOf(sign, signs)}
        sign={sign}
        entry={entry}
        reading={reading}
        plain={plain}
        rangeFor={rangeFor}
        busy={create.isPending}
        failure={create.error}
        onSave={() => save(reading)}
        onChange={() => setReading(null)}
      />
    );
  }
  return (
    <>
      {compact && picker}
      <EntryForm
        key={sign.code}
        sign={sign}
        fields={fieldsOf(sign, signs)}
        initial={entry}
        rangeFor={rangeFor}
        compact={compact}
        plain={plain}
        busy={create.isPending}
        failure={create.error}
        onBack={code === undefined && !compact ? () => restart(null) : undefined}
        onRead={(typed, understood) => {
          setEntry(typed);
          setReading(understood);
          if (compact) save(understood);
        }}
      />
    </>
  );
}
