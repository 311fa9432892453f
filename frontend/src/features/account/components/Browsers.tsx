/** Every browser that shows the person's notifications. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SubscribedBrowser } from "../../../api/types";
import { type Column, DataTable } from "../../../components/DataTable";
import { StatusPill } from "../../../components/StatusPill";
import { formatDate } from "../../../lib/format";
import { useRemoveBrowser, useThisBrowser } from "../api/notifications";
import { Outcome } from "./Outcome";
import { Section } from "./Section";

export function Browsers({ browsers }: { readonly browsers: readonly SubscribedBrowser[] }) {
  const { t } = useTranslation("account");
  const { browser: own, turnOff } = useThisBrowser();
  const remove = useRemoveBrowser();
  const nameOf = (browser: SubscribedBrowser) => browser.name ?? browser.service;
  const columns: readonly Column<SubscribedBrowser>[] = [
    {
      key: "name",
      title: t("reach.browser"),
      cell: (browser) => (
        <>
          {nameOf(browser)} {browser.browser === own && <StatusPill tone="plain">{t("reach.this")}</StatusPill>}
        </>
      ),
    },
    { key: "since", title: t("reach.since"), cell: (browser) => formatDate(browser.created_at), oneLine: true },
    {
      key: "remove",
      title: t("reach.remove"),
      untitled: true,
      end: true,
      cell: (browser) => (
        <Button
          size="compact-md"
          variant="default"
          aria-label={t("reach.removeOf", { name: nameOf(browser) })}
          disabled={remove.isPending || turnOff.isPending}
          onClick={() => (browser.browser === own ? turnOff.mutate() : remove.mutate(browser.id))}
        >
          {t("reach.remove")}
        </Button>
      ),
    },
  ];
  return (
    <Section title={t("reach.browsers")} about={t("reach.browsersAbout")}>
      <DataTable caption={t("reach.browserList")} columns={columns} rows={browsers} rowKey={(browser) => browser.id} />
      <Outcome error={remove.error ?? turnOff.error} />
    </Section>
  );
}
