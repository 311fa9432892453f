/** Who cares for this patient, and who looked at the record. */
import { Badge, Button, Skeleton, Table } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { AuditEntry } from "../../api/types";
import { formatInstant } from "../../lib/format";
import classes from "./patient.module.css";
import { auditOptions, careTeamOptions } from "./queries";

export function AccessTab({ patientId }: { patientId: string }) {
  return (
    <div className={classes.stack}>
      <CareTeam patientId={patientId} />
      <AuditTrail patientId={patientId} />
    </div>
  );
}

function CareTeam({ patientId }: { patientId: string }) {
  const { t } = useTranslation("patient");
  const query = useQuery(careTeamOptions(patientId));
  return (
    <section aria-label={t("careTeam")}>
      <h2 className={classes.sub}>{t("careTeam")}</h2>
      {query.isPending ? (
        <Skeleton height={56} role="status" aria-label={t("loading")} />
      ) : query.isError ? (
        <p className={classes.quiet}>{t("careTeamUnavailable")}</p>
      ) : query.data.members.length === 0 ? (
        <p className={classes.quiet}>{t("noCareTeam")}</p>
      ) : (
        <ul className={classes.team}>
          {query.data.members.map((member) => (
            <li key={member.user_id}>
              <strong>{member.name}</strong>{" "}
              <span className={classes.quiet}>{member.roles.map((role) => t(`role.${role}`)).join(", ")}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Only some may read the audit log: for the others the section explains itself away. */
function AuditTrail({ patientId }: { patientId: string }) {
  const { t } = useTranslation("patient");
  const mayRead = useCan("audit:read");
  const query = useInfiniteQuery({ ...auditOptions(patientId), enabled: mayRead });
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-label={t("whoLooked")}>
      <h2 className={classes.sub}>{t("whoLooked")}</h2>
      {!mayRead ? (
        <p className={classes.quiet}>{t("auditUnavailable")}</p>
      ) : query.isPending ? (
        <Skeleton height={160} role="status" aria-label={t("loading")} />
      ) : query.isError && !query.data ? (
        <Button size="xs" variant="default" onClick={() => void query.refetch()}>
          {t("retry")}
        </Button>
      ) : entries.length === 0 ? (
        <p className={classes.quiet}>{t("nobodyLooked")}</p>
      ) : (
        <AuditTable entries={entries} />
      )}
      {query.hasNextPage && (
        <Button mt="sm" variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("older")}
        </Button>
      )}
    </section>
  );
}

function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  const { t } = useTranslation("patient");
  return (
    <div className={classes.tableScroll}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("column.at")}</Table.Th>
            <Table.Th scope="col">{t("column.who")}</Table.Th>
            <Table.Th scope="col">{t("column.action")}</Table.Th>
            <Table.Th scope="col">{t("column.outcome")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.id}>
              <Table.Td className={classes.when}>{formatInstant(Date.parse(entry.at))}</Table.Td>
              <Table.Td>
                {entry.actor.name} <span className={classes.quiet}>{t(`actor.${entry.actor.type}`)}</span>
              </Table.Td>
              <Table.Td>
                {t(`did.${entry.action.replace(":", "_")}`, { defaultValue: entry.action.replace(":", " · ") })}
              </Table.Td>
              <Table.Td>
                <Badge variant={entry.outcome === "denied" ? "outline" : "light"} color="gray">
                  {t(`outcome.${entry.outcome}`)}
                </Badge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
