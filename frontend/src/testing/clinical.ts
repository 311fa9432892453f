/** People and readings for tests: Alice is the patient, Bob her nurse. */
import type { Alert, BoardItem, Observation, Patient } from "../api/types";

export const now = Date.UTC(2026, 10, 23, 10, 0);
export const minute = 60_000;
export const hour = 60 * minute;

export function ago(ms: number): string {
  return new Date(now - ms).toISOString();
}

export function patient(more: Partial<Patient> = {}): Patient {
  return {
    id: "alice",
    name: "Alice Albrecht",
    user_id: null,
    birth_date: "1946-02-01",
    age_years: 80,
    sex: "female",
    identifier: "H-1",
    ward: "West",
    room: "201",
    time_zone: "Europe/Berlin",
    spo2_scale: 1,
    risks: [],
    created_at: ago(48 * hour),
    ...more,
  };
}

export function observation(more: Partial<Observation> = {}): Observation {
  return {
    id: "o1",
    patient_id: "alice",
    code: "8867-4",
    display: "Heart rate",
    category: "vital-signs",
    value: 72,
    unit: "/min",
    value_code: null,
    components: [],
    data_absent_reason: null,
    status: "final",
    quarantine_reason: null,
    flags: [],
    effective_at: ago(4 * minute),
    received_at: ago(4 * minute),
    device_time: null,
    clock_offset_s: null,
    source: "device",
    device: { id: "d1", name: "Bedside monitor", driver: "monitor" },
    performer: null,
    note: null,
    method: null,
    body_site: null,
    correction: null,
    ...more,
  };
}

export function boardItem(more: Partial<BoardItem> = {}): BoardItem {
  return {
    patient: patient(),
    latest: { "8867-4": observation() },
    sparks: { "8867-4": { t: [now - 2 * hour, now - hour], v: [70, 71] } },
    last_contact_at: ago(4 * minute),
    ...more,
  };
}

export function alert(more: Partial<Alert> = {}): Alert {
  return {
    id: "a1",
    patient_id: "alice",
    patient_name: "Alice Albrecht",
    code: "8867-4",
    display: "Heart rate",
    kind: "out_of_range",
    priority: "high",
    status: "active",
    condition_active: true,
    title: "Heart rate above range",
    detail: null,
    value: 134,
    unit: "/min",
    breached: "high",
    limit: 120,
    first_at: ago(14 * minute),
    last_at: ago(minute),
    raised_at: ago(14 * minute),
    count: 3,
    observation_id: "o1",
    assigned_to: null,
    actionable: null,
    snoozed_by: null,
    snoozed_until: null,
    acknowledged_by: null,
    acknowledged_at: null,
    resolved_by: null,
    resolved_at: null,
    note: null,
    escalation_level: 0,
    revision: 1,
    history: [{ at: ago(14 * minute), action: "raised", by: null, note: null, value: 134, people: [] }],
    ...more,
  };
}
