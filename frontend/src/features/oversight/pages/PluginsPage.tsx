/** The plugins: what they contribute, and switching them on and off. */
import { Button } from "@mantine/core";
import { IconBinaryTree2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useCan } from "../../../api/me";
import type { Plugin } from "../../../api/types";
import { type Column, DataTable } from "../../../components/DataTable";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState, problemText } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { RowsSkeleton } from "../../../components/Skeletons";
import { StatusPill } from "../../../components/StatusPill";
import { pluginsOptions, useSwitchPlugin } from "../api/oversight";
import { Faulty } from "../components/Faulty";
import classes from "../oversight.module.css";

export function PluginsPage() {
  const { t } = useTranslation("oversight");
  const query = useQuery(pluginsOptions);
  return (
    <>
      <PageHeader title={t("plugins.title")} about={t("plugins.about")} />
      {query.isPending ? (
        <RowsSkeleton columns={5} />
      ) : !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <EmptyState icon={<IconBinaryTree2 />} title={t("plugins.empty")}>
          {t("plugins.emptyText")}
        </EmptyState>
      ) : (
        <Plugins plugins={query.data.items} />
      )}
    </>
  );
}

function Plugins({ plugins }: { readonly plugins: readonly Plugin[] }) {
  const { t } = useTranslation("oversight");
  const { mutate, isPending, error } = useSwitchPlugin();
  const maySwitch = useCan("plugin:update");
  const columns: readonly Column<Plugin>[] = [
    { key: "plugin", title: t("plugins.plugin"), cell: (plugin) => plugin.id },
    { key: "version", title: t("plugins.version"), cell: (plugin) => plugin.version, wideOnly: true },
    {
      key: "origin",
      title: t("plugins.origin"),
      cell: (plugin) => <span className="quiet">{plugin.origin}</span>,
      wideOnly: true,
    },
    {
      key: "hooks",
      title: t("plugins.hooks"),
      cell: (plugin) => <span className={classes.hooks}>{plugin.hooks.join(", ").replaceAll("_", " ") || "–"}</span>,
      wideOnly: true,
    },
    { key: "state", title: t("plugins.state"), cell: (plugin) => <State plugin={plugin} /> },
    {
      key: "switch",
      title: t("plugins.enable"),
      untitled: true,
      end: true,
      cell: (plugin) => {
        if (plugin.required) return <span className="quiet">{t("plugins.required")}</span>;
        if (!maySwitch) return null;
        const on = plugin.status === "active";
        const verb = t(on ? "plugins.disable" : "plugins.enable");
        return (
          <Button
            size="compact-sm"
            variant="default"
            disabled={isPending}
            aria-label={t("plugins.toggleOf", { verb, name: plugin.id })}
            onClick={() => mutate({ id: plugin.id, on: !on })}
          >
            {verb}
          </Button>
        );
      },
    },
  ];
  return (
    <>
      {error && (
        <p role="alert" className={classes.faulty}>
          {t("plugins.failed", { reason: problemText(error, t) })}
        </p>
      )}
      {plugins
        .filter((plugin) => plugin.status === "quarantined")
        .map((plugin) => (
          <Faulty key={plugin.id} name={plugin.id} state={t("plugins.quarantined")} error={plugin.error} />
        ))}
      <DataTable
        caption={t("plugins.title")}
        columns={columns}
        rows={plugins}
        rowKey={(plugin) => plugin.id}
        dimmed={(plugin) => plugin.status === "disabled"}
      />
    </>
  );
}

function State({ plugin }: { readonly plugin: Plugin }) {
  const { t } = useTranslation("oversight");
  const tone = ({ active: "good", disabled: "off", quarantined: "attention" } as const)[plugin.status];
  return <StatusPill tone={tone}>{t(`plugins.${plugin.status}`)}</StatusPill>;
}
