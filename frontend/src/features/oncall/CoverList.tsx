/** Cover that is or comes, and its removal. */
import { Button } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/me";
import type { OnCallCover, OnCallTeam } from "../../api/types";
import { FormDialog } from "../../components/FormDialog";
import classes from "./oncall.module.css";
import { useRemoveCover } from "./queries";
import type { CoverRights } from "./rights";
import { spanText } from "./words";

interface CoverListProps {
  readonly team: OnCallTeam;
  readonly rights: CoverRights;
  readonly now: number;
  readonly onRemoved: (said: string) => void;
}

export function CoverList({ team, rights, now, onRemoved }: CoverListProps) {
  const { t } = useTranslation("oncall");
  const me = useMe();
  const [removing, setRemoving] = useState<OnCallCover | null>(null);
  const coming = team.cover.filter((cover) => Date.parse(cover.end) > now);
  const when = (cover: OnCallCover) => spanText(Date.parse(cover.start), Date.parse(cover.end), team.time_zone, t);
  return (
    <section aria-label={t("cover.title")} className={classes.section}>
      <h3>{t("cover.title")}</h3>
      {coming.length === 0 ? (
        <p className={classes.quiet}>{t("cover.none")}</p>
      ) : (
        <ul className={`card ${classes.coverList}`}>
          {coming.map((cover) => (
            <li key={cover.id}>
              <IconArrowsExchange size={18} stroke={1.6} aria-hidden="true" />
              <div>
                <p>
                  <strong>{cover.person.name || t("goneNamed")}</strong>{" "}
                  {t("cover.as", { role: t(`role.${cover.role}`) })}{" "}
                  {cover.instead_of
                    ? t("cover.insteadOf", { name: cover.instead_of.name || t("goneNamed") })
                    : t("cover.beside")}
                </p>
                <p className={classes.quiet}>
                  {when(cover)}
                  {cover.by.id !== cover.person.id && ` · ${t("cover.by", { name: cover.by.name })}`}
                </p>
                {cover.note && <q className={classes.quiet}>{cover.note}</q>}
              </div>
              {(rights.all || cover.person.id === me.id) && (
                <Button
                  variant="default"
                  size="compact-md"
                  className={classes.tall}
                  aria-label={t("cover.removeOf", { name: cover.person.name, when: when(cover) })}
                  onClick={() => setRemoving(cover)}
                >
                  {t("cover.remove")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {removing && (
        <RemoveCover
          team={team}
          cover={removing}
          when={when(removing)}
          onClose={() => setRemoving(null)}
          onRemoved={onRemoved}
        />
      )}
    </section>
  );
}

interface RemoveCoverProps {
  readonly team: OnCallTeam;
  readonly cover: OnCallCover;
  readonly when: string;
  readonly onClose: () => void;
  readonly onRemoved: (said: string) => void;
}

function RemoveCover({ team, cover, when, onClose, onRemoved }: RemoveCoverProps) {
  const { t } = useTranslation("oncall");
  const remove = useRemoveCover(team.id);
  return (
    <FormDialog
      title={t("cover.removeTitle")}
      submitLabel={t("cover.remove")}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        remove.mutate(cover.id, {
          onSuccess: () => {
            onClose();
            onRemoved(t("cover.removed"));
          },
        });
      }}
      busy={remove.isPending}
      failure={remove.error}
    >
      <p>{t("cover.removeText", { name: cover.person.name || t("goneNamed"), when })}</p>
    </FormDialog>
  );
}
