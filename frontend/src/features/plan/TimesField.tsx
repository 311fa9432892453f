/** Times of day: one field each, added and removed. */
import { ActionIcon, Button, Input, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./plan.module.css";

interface TimesFieldProps {
  readonly times: readonly string[];
  readonly onChange: (times: readonly string[]) => void;
  readonly trouble: string | undefined;
}

export function TimesField({ times, onChange, trouble }: TimesFieldProps) {
  const { t } = useTranslation("plan");
  return (
    <fieldset className={classes.times}>
      <legend>{t("field.times")}</legend>
      <div className={classes.timeRow}>
        {times.map((time, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a time is its place while it is typed
          <span key={place} className={classes.timeField}>
            <TextInput
              type="time"
              aria-label={t("field.time", { number: place + 1 })}
              value={time}
              onChange={(event) => onChange(times.with(place, event.currentTarget.value))}
              error={trouble !== undefined}
            />
            {times.length > 1 && (
              <ActionIcon
                variant="subtle"
                size={36}
                aria-label={t("field.removeTime", { time })}
                onClick={() => onChange(times.filter((_time, other) => other !== place))}
              >
                <IconX size={16} aria-hidden="true" />
              </ActionIcon>
            )}
          </span>
        ))}
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden="true" />}
          disabled={times.length >= 24}
          onClick={() => onChange([...times, "12:00"])}
        >
          {t("field.addTime")}
        </Button>
      </div>
      {trouble && <Input.Error role="alert">{trouble}</Input.Error>}
    </fieldset>
  );
}
