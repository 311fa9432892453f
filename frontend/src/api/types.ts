/**
 * The shapes the API speaks, as its description gives them: what the server changes breaks the type check here.
 * Where the description says "text" and the contract names a closed set, the set stands here.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** `Schema` with some of its members narrowed; a member that the schema lost is an error. */
type Narrowed<
  Schema,
  Members extends { readonly [Key in keyof Members]: Key extends keyof Schema ? unknown : never },
> = Omit<Schema, keyof Members> & Readonly<Members>;

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export type Role = "patient" | "nurse" | "doctor" | "family" | "admin";
type WithRoles<Schema extends { readonly roles: unknown }> = Omit<Schema, "roles"> & {
  readonly roles: readonly Role[];
};

export type Me = WithRoles<Schemas["Me"]>;
export type DemoAccount = WithRoles<Schemas["DemoAccount"]>;
export type AuthOptions = Narrowed<Schemas["Options"], { demo_accounts: readonly DemoAccount[] }>;
export type Token = Schemas["TokenOut"];
export type CreatedToken = Narrowed<Schemas["TokenOut"], { token: string }>;
export type User = WithRoles<Schemas["UserOut"]>;
export type Colleague = WithRoles<Schemas["Colleague"]>;

export type Sex = Schemas["PatientIn"]["sex"];
export type Patient = Narrowed<Schemas["PatientOut"], { sex: Sex; spo2_scale: 1 | 2 }>;
export type NewPatient = Partial<Schemas["PatientIn"]> & Pick<Schemas["PatientIn"], "name" | "birth_date">;
export type CareTeamMember = WithRoles<Schemas["Member"]>;
export type CareTeam = Narrowed<Schemas["CareTeam"], { members: readonly CareTeamMember[] }>;
export type Person = Schemas["Person"];

export type AbsentReason = "positive-infinity" | "negative-infinity" | "not-a-number" | "error" | "unsupported";
export type Acvpu = "A" | "C" | "V" | "P" | "U";
export type ObservationComponent = Narrowed<Schemas["ComponentOut"], { data_absent_reason: AbsentReason | null }>;
export type Observation = Narrowed<
  Schemas["ObservationOut"],
  {
    category: "vital-signs" | "laboratory";
    value_code: Acvpu | null;
    components: readonly ObservationComponent[];
    data_absent_reason: AbsentReason | null;
    status: "final" | "entered-in-error" | "quarantined";
    source: "device" | "manual";
  }
>;
export type NewObservation = Partial<Schemas["ObservationIn"]> & Pick<Schemas["ObservationIn"], "code">;
export type Series = Narrowed<
  Schemas["SeriesOut"],
  { resolution: "raw" | "5min" | "hour" | "day"; source: readonly ("d" | "m")[] | null }
>;
export type VitalSign = Schemas["VitalSignOut"];
export type VitalSigns = Schemas["VitalSignList"];

export type Spark = Schemas["Spark"];
export type BoardItem = Narrowed<
  Schemas["BoardRow"],
  { patient: Patient; latest: Readonly<Record<string, Observation>> }
>;
export type Board = Page<BoardItem>;

export type Device = Omit<Schemas["DeviceOut"], "key">;
export type DeviceWithKey = Device & { readonly key: string };
export type DeviceAssignment = Schemas["AssignmentOut"];
export type RefusedFrame = Schemas["RefusedFrame"];
export type Driver = Narrowed<Schemas["DriverOut"], { status: "active" | "quarantined" }>;
export type Plugin = Narrowed<Schemas["PluginOut"], { status: "active" | "disabled" | "quarantined" }>;

export type Priority = "high" | "medium" | "low";
export type AlertHistoryEntry = Schemas["HistoryEntry"];
export type Alert = Narrowed<
  Schemas["AlertOut"],
  {
    priority: Priority;
    status: "active" | "acknowledged" | "snoozed" | "resolved";
    kind: "out_of_range" | "change" | "combination" | "stale" | "missed" | "device_silent" | "score" | "technical";
    breached: "high" | "low" | "state" | "rise" | "fall" | "condition" | null;
  }
>;
export type AlertRule = Narrowed<Schemas["RuleOut"], { source: "default" | "patient" | "template" }>;
export type Score = Schemas["ScoreOut"];
export type AlertRuleInput = Schemas["RuleIn"];
export type AlertRulesInput = Schemas["RulesIn"];
export type Combination = Schemas["CombinationIn"];
export type Condition = Schemas["ConditionModel"];
export type Silence = Schemas["StaleIn"];
export type RuleTemplate = Schemas["RuleTemplateOut"];
export type RuleTemplates = Schemas["RuleTemplateList"];
export type Rehearsal = Schemas["Rehearsal"];
export type BurdenReport = Schemas["BurdenReport"];
export type BurdenRow = Schemas["BurdenRow"];
export type AlertRules = Narrowed<Schemas["RuleList"], { rules: readonly AlertRule[] }>;

export type Schedule = Schemas["TimesOfDay"] | Schemas["EveryHours"] | Schemas["Recurrence"];
export type Weekday = NonNullable<Schemas["TimesOfDay"]["weekdays"]>[number];
export type PlanItem = Schemas["PlanItemOut"];
export type PlanItemInput = Schemas["PlanItemIn"];
export type Plan = Schemas["PlanOut"];
export type Due = Schemas["DueOut"];
export type DueLists = Schemas["DueLists"];
export type Adherence = Schemas["Adherence"];
export type AdherenceItem = Schemas["AdherenceItem"];
export type PlanTemplateItem = Schemas["TemplateItem"];
export type PlanTemplate = Schemas["TemplateOut"];
export type PlanTemplates = Schemas["TemplateList"];
export type OnCallRole = Schemas["CoverIn"]["role"];
export type OnCallShift = Schemas["ShiftOut"];
export type OnCallCover = Narrowed<Schemas["CoverOut"], { role: OnCallRole }>;
export type NewCover = Schemas["CoverIn"];
export type OnCallTeam = Narrowed<Schemas["TeamOut"], { cover: readonly OnCallCover[] }>;
export type OnCallTeamInput = Schemas["TeamIn"];
export type OnCallSpan = Narrowed<Schemas["Span"], { role: OnCallRole }>;
export type OnCallLayout = Narrowed<Schemas["Layout"], { spans: readonly OnCallSpan[] }>;
export type Ladder = Schemas["LadderModel"];
export type LadderStep = Schemas["StepModel"];
export type LadderTarget = LadderStep["tell"][number];
export type Ladders = Schemas["Ladders"];
export type Climb = Schemas["ClimbOut"];
export type ChannelChoice = Schemas["ChannelOut"];
export type QuietHours = Schemas["QuietHoursModel"];
export type NotificationSettings = Schemas["SettingsOut"];
export type NotificationChoices = Schemas["SettingsIn"];
export type SubscribedBrowser = Schemas["SubscriptionOut"];
export type SubscriptionIn = Schemas["SubscriptionIn"];
export type Sound = Schemas["SoundModel"];
export type DeliveryState = "waiting" | "sending" | "delivered" | "failed" | "cancelled";
export type Delivery = Narrowed<Schemas["DeliveryOut"], { priority: Priority; state: DeliveryState }>;
export type Deliveries = Narrowed<Schemas["DeliveryList"], { items: readonly Delivery[] }>;
export type DeadLetter = Narrowed<Schemas["DeadLetter"], { priority: Priority; state: DeliveryState }>;

export type AuditEntry = Narrowed<
  Schemas["AuditEntryOut"],
  {
    actor: Narrowed<Schemas["Actor"], { type: "user" | "device" | "operator" | "system" }>;
    outcome: "allowed" | "denied";
  }
>;
export type PolicyFile = Narrowed<
  Schemas["PolicyFileOut"],
  { origin: "core" | "plugin" | "override"; status: "active" | "refused" }
>;
export type Policy = Narrowed<Schemas["PolicyOut"], { files: readonly PolicyFile[] }>;
export type PolicyCheck = Schemas["PolicyCheck"];
export type PolicyExplanation = Narrowed<Schemas["Explanation"], { decision: "allow" | "deny" }>;
export type SystemState = Schemas["SystemOut"];
