/** Placeholder until the form is built. */
export interface MeasurementFormProps {
  readonly patientId: string;
  readonly onSaved: () => void;
  readonly compact?: boolean;
}

export function MeasurementForm(_: MeasurementFormProps) {
  return null;
}
