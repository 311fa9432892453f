/** The shapes the API speaks, as agreed in its contract. Times are RFC 3339 UTC strings, units UCUM. */

export type Role = "patient" | "nurse" | "doctor" | "family" | "admin";

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Me {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly permissions: readonly string[];
  readonly csrf_token: string;
  readonly patient_id: string | null;
  readonly demo: boolean;
}

export interface DemoAccount {
  readonly username: string;
  readonly password: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface AuthOptions {
  readonly demo: boolean;
  readonly setup_needed: boolean;
  readonly demo_accounts: readonly DemoAccount[];
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly created_at?: string | null;
  readonly last_used_at?: string | null;
  readonly expires_at: string | null;
}

export interface CreatedToken extends Token {
  readonly token: string;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly enabled: boolean;
  readonly patient_id: string | null;
  readonly created_at: string;
  readonly last_sign_in_at: string | null;
}

export type Sex = "female" | "male" | "other" | "unknown";

export interface Patient {
  readonly id: string;
  readonly name: string;
  readonly user_id: string | null;
  readonly birth_date: string;
  readonly age_years: number;
  readonly sex: Sex;
  readonly identifier: string | null;
  readonly ward: string | null;
  readonly room: string | null;
  readonly time_zone: string;
  readonly spo2_scale: 1 | 2;
  readonly risks: readonly string[];
  readonly created_at: string;
}

export interface CareTeamMember {
  readonly user_id: string;
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface CareTeam {
  readonly members: readonly CareTeamMember[];
}

export interface Person {
  readonly id: string;
  readonly name: string;
}

export type AbsentReason = "positive-infinity" | "negative-infinity" | "not-a-number" | "error" | "unsupported";
export type Acvpu = "A" | "C" | "V" | "P" | "U";

export interface ObservationComponent {
  readonly code: string;
  readonly display: string;
  readonly value: number | null;
  readonly unit: string | null;
  readonly data_absent_reason: AbsentReason | null;
}

export interface Observation {
  readonly id: string;
  readonly patient_id: string;
  readonly code: string;
  readonly display: string;
  readonly category: "vital-signs" | "laboratory";
  readonly value: number | null;
  readonly unit: string | null;
  readonly value_code: Acvpu | null;
  readonly components: readonly ObservationComponent[];
  readonly data_absent_reason: AbsentReason | null;
  readonly status: "final" | "entered-in-error" | "quarantined";
  readonly quarantine_reason: string | null;
  readonly flags: readonly string[];
  readonly effective_at: string;
  readonly received_at: string;
  readonly device_time: string | null;
  readonly clock_offset_s: number | null;
  readonly source: "device" | "manual";
  readonly device: { readonly id: string; readonly name: string; readonly driver: string } | null;
  readonly performer: Person | null;
  readonly note: string | null;
  readonly method: string | null;
  readonly body_site: string | null;
  readonly correction: {
    readonly at: string;
    readonly by: Person;
    readonly reason: string;
    readonly previous_status: string;
  } | null;
}

export interface NewObservation {
  readonly code: string;
  readonly value?: number;
  readonly unit?: string;
  readonly value_code?: Acvpu;
  readonly effective_at?: string;
  readonly components?: readonly { readonly code: string; readonly value: number; readonly unit: string }[];
  readonly note?: string;
}

export interface Series {
  readonly code: string;
  readonly display: string;
  readonly unit: string | null;
  readonly start: string;
  readonly end: string;
  readonly resolution: "raw" | "hour" | "day";
  readonly t: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly count: readonly number[];
  readonly source: readonly ("d" | "m")[] | null;
  readonly limits: null;
}

export interface VitalSign {
  readonly code: string;
  readonly display: string;
  readonly short: string;
  readonly unit: string | null;
  readonly display_units: readonly string[];
  readonly min: number | null;
  readonly max: number | null;
  readonly default_low: number | null;
  readonly default_high: number | null;
  readonly components: readonly string[] | null;
  readonly decimals: number;
}

export interface VitalSigns {
  readonly items: readonly VitalSign[];
}

export interface Spark {
  readonly t: readonly number[];
  readonly v: readonly number[];
}

export interface BoardItem {
  readonly patient: Patient;
  readonly latest: Readonly<Record<string, Observation>>;
  readonly sparks: Readonly<Record<string, Spark>>;
  readonly last_contact_at: string | null;
}

export type BoardRow = BoardItem;
export type Board = Page<BoardItem>;

export interface DeviceAssignment {
  readonly patient_id: string;
  readonly patient_name: string;
  readonly start: string;
  readonly end: string | null;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly kind: string;
  readonly patient_id: string | null;
  readonly patient_name: string | null;
  readonly enabled: boolean;
  readonly last_seen_at: string | null;
  readonly battery_percent: number | null;
  readonly created_at: string;
  readonly assignments: readonly DeviceAssignment[];
}

export interface DeviceWithKey extends Device {
  readonly key: string;
}

export interface Driver {
  readonly id: string;
  readonly kind: string;
  readonly vendor: string;
  readonly models: readonly string[];
  readonly transports: readonly string[];
  readonly status: "active" | "quarantined";
  readonly error: string | null;
  readonly origin: string;
  readonly builtin: boolean;
}

export interface Plugin {
  readonly id: string;
  readonly origin: string;
  readonly version: string;
  readonly required: boolean;
  readonly status: "active" | "disabled" | "quarantined";
  readonly error: string | null;
  readonly hooks: readonly string[];
}

export type Priority = "high" | "medium" | "low";

export interface AlertHistoryEntry {
  readonly at: string;
  readonly action: string;
  readonly by: Person | null;
  readonly note: string | null;
  readonly value: number | null;
}

export interface Alert {
  readonly id: string;
  readonly patient_id: string;
  readonly patient_name: string;
  readonly code: string;
  readonly display: string;
  readonly kind: string;
  readonly priority: Priority;
  readonly status: "active" | "acknowledged" | "resolved";
  readonly condition_active: boolean;
  readonly title: string;
  readonly value: number | null;
  readonly unit: string | null;
  readonly breached: "high" | "low" | null;
  readonly limit: number | null;
  readonly first_at: string;
  readonly last_at: string;
  readonly raised_at: string;
  readonly count: number;
  readonly observation_id: string;
  readonly acknowledged_by: Person | null;
  readonly acknowledged_at: string | null;
  readonly resolved_by: Person | null;
  readonly resolved_at: string | null;
  readonly note: string | null;
  readonly history: readonly AlertHistoryEntry[];
}

export interface AlertRule {
  readonly code: string;
  readonly display: string;
  readonly unit: string | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly critical_low: number | null;
  readonly critical_high: number | null;
  readonly source: "default" | "patient";
}

export interface AlertRuleInput {
  readonly code: string;
  readonly low: number | null;
  readonly high: number | null;
  readonly critical_low?: number | null;
  readonly critical_high?: number | null;
}

export interface AlertRules {
  readonly rules: readonly AlertRule[];
}

export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: { readonly type: "user" | "device" | "system"; readonly id: string; readonly name: string };
  readonly roles: readonly string[];
  readonly relation: string | null;
  readonly action: string;
  readonly object: string;
  readonly patient_id: string | null;
  readonly outcome: "allowed" | "denied";
  readonly rule: string | null;
  readonly from: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface PolicyFile {
  readonly name: string;
  readonly origin: "core" | "plugin" | "override";
  readonly status: "active" | "refused";
  readonly error: string | null;
  readonly text: string;
}

export interface Policy {
  readonly files: readonly PolicyFile[];
  readonly rules: number;
  readonly loaded_at: string;
}

export interface PolicyCheck {
  readonly ok: boolean;
  readonly errors: readonly { readonly line: number; readonly message: string }[];
}

export interface PolicyExplanation {
  readonly decision: "allow" | "deny";
  readonly rule: string | null;
  readonly relations: readonly string[];
  readonly roles: readonly string[];
}

export interface SystemState {
  readonly processes: readonly {
    readonly kind: string;
    readonly id: string;
    readonly host: string;
    readonly started_at: string;
    readonly heartbeat_at: string;
    readonly version: string;
  }[];
  readonly database: { readonly kind: "embedded" | "mongodb"; readonly ok: boolean };
  readonly jobs: { readonly queued: number; readonly running: number; readonly failed: number };
  readonly notices: readonly {
    readonly id: string;
    readonly at: string;
    readonly level: string;
    readonly text: string;
  }[];
}
