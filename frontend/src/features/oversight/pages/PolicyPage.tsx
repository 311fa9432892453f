/** Who may do what: the files in force, the reason for a decision, and a place to try a text. */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { RowsSkeleton } from "../../../components/Skeletons";
import { formatAgo } from "../../../lib/format";
import { useNow } from "../../../lib/useNow";
import { policyOptions } from "../api/oversight";
import { CheckBox } from "../components/CheckBox";
import { ExplainForm } from "../components/ExplainForm";
import { Faulty } from "../components/Faulty";
import { PolicyFiles } from "../components/PolicyFiles";
import classes from "../oversight.module.css";

export function PolicyPage() {
  const { t } = useTranslation("oversight");
  const query = useQuery(policyOptions);
  const now = useNow();
  const { data } = query;
  const refused = data?.files.filter((file) => file.status === "refused") ?? [];
  return (
    <>
      <PageHeader
        title={t("policy.title")}
        about={
          data ? (
            t("policy.about", { count: data.rules, ago: formatAgo(now - Date.parse(data.loaded_at)) })
          ) : (
            <Skeleton height={14} width={420} maw="80%" />
          )
        }
      />
      {refused.map((file) => (
        <Faulty
          key={file.name}
          name={file.name}
          state={t("policy.refused")}
          about={t("policy.refusedText", { error: file.error ?? "" })}
          error={null}
        />
      ))}
      <div className={classes.policy}>
        <div>
          {query.isPending ? (
            <RowsSkeleton columns={1} rows={12} />
          ) : data ? (
            <PolicyFiles files={data.files} />
          ) : (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          )}
        </div>
        <div className={classes.side}>
          <ExplainForm />
          <CheckBox />
        </div>
      </div>
    </>
  );
}
