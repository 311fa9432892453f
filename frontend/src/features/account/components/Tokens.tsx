/** Personal access tokens: made once, shown once, revoked at any time. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import * as z from "zod/mini";
import type { Token } from "../../../api/types";
import { CopyField } from "../../../components/CopyField";
import { type Column, DataTable } from "../../../components/DataTable";
import { ErrorState, problemText } from "../../../components/ErrorState";
import { RowsSkeleton } from "../../../components/Skeletons";
import { formatDate } from "../../../lib/format";
import classes from "../account.module.css";
import { tokensOptions, useCreateToken, useRevokeToken } from "../api/account";

const schema = z.object({ name: z.string().check(z.trim(), z.minLength(1, "needTokenName")), days: z.string() });
const spans = [7, 30, 90, 365];

export function Tokens() {
  const { t } = useTranslation("account");
  const create = useCreateToken();
  const { register, control, handleSubmit, formState, reset } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { name: "", days: "90" },
  });
  const message = formState.errors.name?.message;
  return (
    <div className={classes.stack}>
      <p className="quiet">{t("tokensAbout")}</p>
      <form
        className={classes.row}
        noValidate
        onSubmit={handleSubmit(({ name, days }) =>
          create.mutate({ name, days: Number(days) }, { onSuccess: () => reset() }),
        )}
      >
        <TextInput
          {...register("name")}
          label={t("tokenName")}
          placeholder={t("tokenNameHint")}
          autoComplete="off"
          error={message && t(message)}
        />
        <Controller
          control={control}
          name="days"
          render={({ field }) => (
            <Select
              label={t("days")}
              data={spans.map((count) => ({ value: String(count), label: t("daysValue", { count }) }))}
              value={field.value}
              onChange={(value) => field.onChange(value ?? "90")}
              allowDeselect={false}
            />
          )}
        />
        <Button type="submit" loading={create.isPending}>
          {t("createToken")}
        </Button>
      </form>
      {create.error && (
        <p className={classes.trouble} role="alert">
          {t("failed", { reason: problemText(create.error, t) })}
        </p>
      )}
      {create.data && (
        <>
          <p role="status">{t("tokenOnce")}</p>
          <CopyField label={t("token", { name: create.data.name })} text={create.data.token} />
        </>
      )}
      <TokenList />
    </div>
  );
}

function TokenList() {
  const { t } = useTranslation("account");
  const query = useQuery(tokensOptions);
  const revoke = useRevokeToken();
  if (query.isPending) return <RowsSkeleton rows={3} columns={3} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.items.length === 0) return <p className="quiet">{t("noTokens")}</p>;
  const columns: readonly Column<Token>[] = [
    { key: "name", title: t("tokenName"), cell: (token) => token.name },
    { key: "created", title: t("created"), cell: (token) => formatDate(token.created_at), wideOnly: true },
    { key: "expires", title: t("expires"), cell: (token) => formatDate(token.expires_at) },
    {
      key: "revoke",
      title: t("revoke"),
      untitled: true,
      end: true,
      cell: (token) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t("revokeOf", { name: token.name })}
          disabled={revoke.isPending}
          onClick={() => revoke.mutate(token.id)}
        >
          {t("revoke")}
        </Button>
      ),
    },
  ];
  return <DataTable caption={t("tab.tokens")} columns={columns} rows={query.data.items} rowKey={(token) => token.id} />;
}
