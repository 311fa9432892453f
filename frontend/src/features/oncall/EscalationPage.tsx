/** The ladders in their order: everybody at work reads them, admins change them in place. */
import { Button, VisuallyHidden } from "@mantine/core";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { Ladder, Ladders } from "../../api/types";
import { ErrorState } from "../../components/ErrorState";
import { PageHeader } from "../../components/PageHeader";
import { RowsSkeleton } from "../../components/Skeletons";
import { freeId, moved } from "./draft";
import { fieldErrors } from "./fieldErrors";
import { LadderFields } from "./LadderFields";
import { LadderView } from "./LadderView";
import classes from "./oncall.module.css";
import { laddersOptions, useSaveLadders } from "./queries";
import { SaveFailure } from "./SaveFailure";

export function EscalationPage() {
  const { t } = useTranslation("oncall");
  const client = useQueryClient();
  const query = useQuery(laddersOptions);
  const mayEdit = useCan("escalation_ladder:update");
  const [editing, setEditing] = useState<Ladders | null>(null);
  const [said, setSaid] = useState("");
  const loadNewer = async () => setEditing(await client.fetchQuery({ ...laddersOptions, staleTime: 0 }));
  const edit = (ladders: Ladders) => {
    setSaid("");
    setEditing(ladders);
  };
  const { data } = query;
  return (
    <>
      <Link to="/on-call">{t("backToOnCall")}</Link>
      <PageHeader
        title={t("ladders.title")}
        about={t("ladders.about")}
        actions={
          mayEdit &&
          data &&
          !editing && (
            <Button leftSection={<IconPencil size={16} aria-hidden="true" />} onClick={() => edit(data)}>
              {t("ladders.edit")}
            </Button>
          )
        }
      />
      <p role="status" className={said ? classes.said : classes.empty}>
        {said}
      </p>
      {editing ? (
        <LaddersForm
          key={editing.revision}
          start={editing}
          onLoadNewer={() => void loadNewer()}
          onClose={(saved) => {
            setEditing(null);
            if (saved) setSaid(t("ladders.saved"));
          }}
        />
      ) : data ? (
        <LadderList ladders={data} />
      ) : query.isPending ? (
        <RowsSkeleton rows={6} columns={2} />
      ) : (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
    </>
  );
}

function LadderList({ ladders }: { readonly ladders: Ladders }) {
  const { t } = useTranslation("oncall");
  return (
    <div className={classes.section}>
      <ol className={classes.ladders} aria-label={t("ladders.list")}>
        {ladders.ladders.map((ladder, index) => (
          <li key={ladder.id}>
            <LadderView ladder={ladder} number={index + 1} />
          </li>
        ))}
      </ol>
      <p className={classes.quiet}>
        {t("ladders.noOnCall")} {ladders.revision === 0 && t("ladders.shipped")}
      </p>
    </div>
  );
}

interface LaddersFormProps {
  readonly start: Ladders;
  readonly onLoadNewer: () => void;
  readonly onClose: (saved: boolean) => void;
}

function LaddersForm({ start, onLoadNewer, onClose }: LaddersFormProps) {
  const { t } = useTranslation("oncall");
  const [ladders, setLadders] = useState<readonly Ladder[]>(start.ladders);
  const [said, setSaid] = useState("");
  const save = useSaveLadders();
  const errors = fieldErrors(save.error);
  const errorAt = (index: number) => (field: string) => {
    const path = `ladders.${index}.${field}`;
    return field === "steps" ? errors.at(path) : errors.within(path);
  };
  const move = (index: number, by: number) => {
    setLadders(moved(ladders, index, by));
    setSaid(t("ladders.moved", { title: ladders[index]?.title, place: index + by + 1 }));
  };
  const add = () => {
    const id = freeId(
      "ladder",
      ladders.map((ladder) => ladder.id),
    );
    // The last ladder is for what no other one is for: a new one goes before all.
    const fresh: Ladder = {
      id,
      title: t("ladders.newTitle"),
      kinds: null,
      priorities: ["high"],
      steps: [{ after_minutes: 0, tell: ["on_call_nurse"] }],
      repeat_minutes: null,
    };
    setLadders([fresh, ...ladders]);
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ ladders, revision: start.revision }, { onSuccess: () => onClose(true) });
  };
  return (
    <form className={classes.form} onSubmit={send} noValidate>
      <div>
        <Button
          variant="default"
          className={classes.tall}
          leftSection={<IconPlus size={16} aria-hidden="true" />}
          onClick={add}
        >
          {t("ladders.add")}
        </Button>
      </div>
      {ladders.map((ladder, index) => (
        <LadderFields
          key={ladder.id}
          ladder={ladder}
          place={index}
          last={index === ladders.length - 1}
          errorAt={errorAt(index)}
          onChange={(changed) => setLadders(ladders.map((each, place) => (place === index ? changed : each)))}
          onMove={(by) => move(index, by)}
          onRemove={() => setLadders(ladders.filter((_, place) => place !== index))}
        />
      ))}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      <div className={classes.formFoot}>
        <SaveFailure error={save.error} of="ladders" onLoadNewer={onLoadNewer} />
        <div className={classes.formActions}>
          <Button variant="default" className={classes.tall} onClick={() => onClose(false)}>
            {t("ladders.stop")}
          </Button>
          <Button type="submit" className={classes.tall} loading={save.isPending}>
            {t("ladders.save")}
          </Button>
        </div>
      </div>
    </form>
  );
}
