/** People in the order of their turns: added from the colleagues, moved and removed by buttons. */
import { ActionIcon, Input, Select, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OnCallRole } from "../../api/types";
import { moved } from "./draft";
import classes from "./oncall.module.css";
import { colleaguesOptions } from "./queries";

interface PeopleOrderProps {
  readonly role: OnCallRole;
  readonly ordered: boolean;
  readonly people: readonly string[];
  readonly nameOf: (id: string) => string;
  readonly onChange: (people: readonly string[]) => void;
  readonly error: string | null;
}

export function PeopleOrder({ role, ordered, people, nameOf, onChange, error }: PeopleOrderProps) {
  const { t } = useTranslation("oncall");
  const labelId = useId();
  const [said, setSaid] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const colleagues = useQuery(colleaguesOptions).data?.items ?? [];
  const free = colleagues.filter((person) => person.roles.includes(role) && !people.includes(person.id));
  const move = (index: number, by: number) => {
    const to = index + by;
    const id = people[index];
    if (id === undefined || to < 0 || to >= people.length) return;
    onChange(moved(people, index, by));
    setSaid(t("editor.moved", { name: nameOf(id), place: to + 1 }));
  };
  const remove = (index: number) => {
    onChange(people.filter((_, place) => place !== index));
    // The focus must not fall out of the page with the row that held it.
    list.current?.parentElement?.querySelector("input")?.focus();
  };
  const onKeyDown = (index: number) => (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    move(index, event.key === "ArrowUp" ? -1 : 1);
  };
  return (
    <div className={classes.peopleOrder}>
      <Input.Label component="span" id={labelId}>
        {t("editor.people")}
      </Input.Label>
      <Input.Description>{t(ordered ? "editor.peopleHint" : "editor.peopleTogetherHint")}</Input.Description>
      <ol ref={list} className={classes.people} aria-labelledby={labelId} data-ordered={ordered || undefined}>
        {people.map((id, index) => {
          const name = nameOf(id);
          return (
            <li key={id} onKeyDown={onKeyDown(index)}>
              <span className={classes.personName}>
                {ordered && <span className={classes.quiet}>{index + 1}. </span>}
                {name}
              </span>
              <ActionIcon
                variant="subtle"
                size={36}
                className={classes.tall}
                aria-label={t("editor.up", { name })}
                aria-disabled={index === 0 || undefined}
                data-disabled={index === 0 || undefined}
                onClick={() => move(index, -1)}
              >
                <IconArrowUp size={16} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                size={36}
                className={classes.tall}
                aria-label={t("editor.down", { name })}
                aria-disabled={index === people.length - 1 || undefined}
                data-disabled={index === people.length - 1 || undefined}
                onClick={() => move(index, 1)}
              >
                <IconArrowDown size={16} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                size={36}
                className={classes.tall}
                aria-label={t("editor.remove", { name })}
                onClick={() => remove(index)}
              >
                <IconX size={16} aria-hidden="true" />
              </ActionIcon>
            </li>
          );
        })}
      </ol>
      {people.length === 0 && <p className={classes.quiet}>{t("editor.noPeople")}</p>}
      <Select
        key={people.length}
        aria-label={t("editor.addPerson")}
        placeholder={t(free.length === 0 ? "editor.allAdded" : "editor.addPerson")}
        data={free.map(({ id, name }) => ({ value: id, label: name }))}
        value={null}
        onChange={(id) => id && onChange([...people, id])}
        searchable
        error={error}
      />
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </div>
  );
}
