/** Changing one's own password. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Button, PasswordInput } from "@mantine/core";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import * as z from "zod/mini";
import { problemText } from "../../../components/ErrorState";
import classes from "../account.module.css";
import { useChangePassword } from "../api/account";

const schema = z.object({
  current: z.string().check(z.minLength(1, "needCurrent")),
  new: z.string().check(z.minLength(12, "shortPassword")),
});

export function PasswordForm() {
  const { t } = useTranslation("account");
  const change = useChangePassword();
  const { register, handleSubmit, formState, reset } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { current: "", new: "" },
  });
  const { errors } = formState;
  const trouble = (message: string | undefined) => message && t(message);
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={handleSubmit((passwords) => change.mutate(passwords, { onSuccess: () => reset() }))}
    >
      <p className="quiet">{t("passwordAbout")}</p>
      <PasswordInput
        {...register("current")}
        label={t("current")}
        autoComplete="current-password"
        error={trouble(errors.current?.message)}
      />
      <PasswordInput
        {...register("new")}
        label={t("next")}
        description={t("nextHint")}
        autoComplete="new-password"
        error={trouble(errors.new?.message)}
      />
      <div role="status">
        {change.error && <p className={classes.trouble}>{t("failed", { reason: problemText(change.error, t) })}</p>}
        {change.isSuccess && <p className={classes.fine}>{t("changed")}</p>}
      </div>
      <Button type="submit" loading={change.isPending}>
        {t("change")}
      </Button>
    </form>
  );
}
