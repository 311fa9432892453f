/** When only what is urgent may disturb. */
import { Button, Group, Select, Switch, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { QuietHours } from "../../../api/types";
import classes from "../account.module.css";
import { useChangeSettings } from "../api/notifications";
import { Outcome } from "./Outcome";
import { Section } from "./Section";

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const zones = [...new Set([here, "UTC", ...Intl.supportedValuesOf("timeZone")])];

export function QuietHoursForm({ present }: { readonly present: QuietHours | null }) {
  const { t } = useTranslation("account");
  const change = useChangeSettings();
  const [on, setOn] = useState(present !== null);
  const [hours, setHours] = useState<QuietHours>(present ?? { start: "22:00", end: "07:00", time_zone: here });
  const save = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ quiet_hours: hours });
  };
  return (
    <Section title={t("reach.quiet")} about={t("reach.quietAbout")}>
      <Switch
        label={t("reach.quietOn")}
        checked={on}
        onChange={(event) => {
          setOn(event.currentTarget.checked);
          if (!event.currentTarget.checked && present) change.mutate({ quiet_hours: null });
        }}
      />
      {on && (
        <form className={classes.form} onSubmit={save}>
          <Group gap={12} grow>
            <TextInput
              type="time"
              required
              withAsterisk={false}
              label={t("reach.from")}
              value={hours.start}
              onChange={(event) => setHours({ ...hours, start: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              required
              withAsterisk={false}
              label={t("reach.until")}
              value={hours.end}
              onChange={(event) => setHours({ ...hours, end: event.currentTarget.value })}
            />
          </Group>
          <Select
            searchable
            label={t("reach.zone")}
            description={t("reach.zoneHint")}
            data={zones}
            value={hours.time_zone}
            allowDeselect={false}
            onChange={(zone) => setHours({ ...hours, time_zone: zone ?? here })}
          />
          <Button type="submit" loading={change.isPending}>
            {t("reach.keepQuiet")}
          </Button>
        </form>
      )}
      {present && (
        <p className="quiet">
          {t("reach.quietNow", { start: present.start, end: present.end, zone: present.time_zone })}
        </p>
      )}
      <Outcome error={change.error} />
    </Section>
  );
}
