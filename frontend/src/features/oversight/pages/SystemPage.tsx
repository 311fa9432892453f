/** Is everything running. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { SystemState } from "../../../api/types";
import { type Column, DataTable } from "../../../components/DataTable";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { CardsSkeleton, RowsSkeleton } from "../../../components/Skeletons";
import { StatusPill } from "../../../components/StatusPill";
import { formatAgo, formatInstant, formatNumber } from "../../../lib/format";
import { useNow } from "../../../lib/useNow";
import { systemOptions } from "../api/oversight";
import classes from "../oversight.module.css";

export function SystemPage() {
  const { t } = useTranslation("oversight");
  const query = useQuery(systemOptions);
  return (
    <>
      <PageHeader title={t("system.title")} about={t("system.about")} />
      {query.isPending ? (
        <>
          <CardsSkeleton cards={4} height={76} />
          <RowsSkeleton rows={4} columns={5} />
        </>
      ) : !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <System system={query.data} />
      )}
    </>
  );
}

function System({ system }: { readonly system: SystemState }) {
  const { t } = useTranslation("oversight");
  const { database, jobs } = system;
  return (
    <div className={classes.system}>
      <section aria-labelledby="system-state">
        <h2 id="system-state" className={classes.forReaders}>
          {t("system.state")}
        </h2>
        <dl className={classes.tiles}>
          <div className="card">
            <dt>{t("system.database")}</dt>
            <dd>
              <StatusPill tone={database.ok ? "good" : "attention"}>
                {t(database.ok ? "system.reached" : "system.unreached")}
              </StatusPill>
            </dd>
            <dd className="quiet">{t(`system.${database.kind}`, database.kind)}</dd>
          </div>
          {(["queued", "running", "failed"] as const).map((kind) => (
            <div key={kind} className="card">
              <dt>
                {t("system.jobs")}: {t(`system.${kind}`)}
              </dt>
              <dd className={classes.count}>{formatNumber(jobs[kind])}</dd>
            </div>
          ))}
        </dl>
      </section>
      <div>
        <h2>{t("system.processes")}</h2>
        <Processes processes={system.processes} />
      </div>
      <section aria-labelledby="system-notices">
        <h2 id="system-notices">{t("system.notices")}</h2>
        <Notices notices={system.notices} />
      </section>
    </div>
  );
}

type Process = SystemState["processes"][number];

function Processes({ processes }: { readonly processes: readonly Process[] }) {
  const { t } = useTranslation("oversight");
  const now = useNow(10_000);
  const columns: readonly Column<Process>[] = [
    { key: "kind", title: t("system.kind"), cell: (process) => process.kind },
    {
      key: "state",
      title: t("system.state"),
      cell: (process) => (
        <StatusPill tone={process.alive ? "good" : "attention"}>
          {t(process.alive ? "system.alive" : "system.silent")}
        </StatusPill>
      ),
    },
    {
      key: "heartbeat",
      title: t("system.heartbeat"),
      cell: (process) => formatAgo(now - Date.parse(process.heartbeat_at)),
    },
    {
      key: "started",
      title: t("system.started"),
      cell: (process) => formatInstant(Date.parse(process.started_at)),
      wideOnly: true,
    },
    { key: "host", title: t("system.host"), cell: (process) => process.host, wideOnly: true },
    { key: "version", title: t("system.version"), cell: (process) => process.version, wideOnly: true },
  ];
  return <DataTable caption={t("system.processes")} columns={columns} rows={processes} rowKey={(each) => each.id} />;
}

function Notices({ notices }: { readonly notices: SystemState["notices"] }) {
  const { t } = useTranslation("oversight");
  const now = useNow();
  if (notices.length === 0) return <p className="quiet">{t("system.noNotices")}</p>;
  return (
    <ul className={`card ${classes.notices}`}>
      {notices.map((notice) => (
        <li key={notice.id}>
          <StatusPill tone={notice.level === "info" ? "plain" : "attention"}>
            {t(`system.level.${notice.level}`, notice.level)}
          </StatusPill>
          <span>{notice.text}</span>
          <span className="quiet">{formatAgo(now - Date.parse(notice.at))}</span>
        </li>
      ))}
    </ul>
  );
}
