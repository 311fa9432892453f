/** The door: sign in, or in a demo pick whom to be. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import * as z from "zod/mini";
import { meOptions } from "../../api/me";
import { problemText } from "../../components/ErrorState";
import { Problem } from "../../lib/api";
import { authOptions, type Credentials, useSignIn } from "./api";
import { DemoAccounts } from "./DemoAccounts";
import { Door, Trouble } from "./Door";
import classes from "./session.module.css";

const schema = z.object({
  username: z.string().check(z.trim(), z.minLength(1, "needUsername")),
  password: z.string().check(z.minLength(1, "needPassword")),
});

export function SignInPage() {
  const { t } = useTranslation("session");
  const { to, ended } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const options = useQuery(authOptions);
  const me = useQuery(meOptions);
  const signIn = useSignIn();
  const enter = (credentials: Credentials) =>
    signIn.mutate(credentials, { onSuccess: () => void navigate({ href: to ?? "/", replace: true }) });
  if (options.data?.setup_needed) return <Navigate to="/setup" replace />;
  if (me.data && signIn.isIdle) return <Enter href={to ?? "/"} />;
  const demo = options.data?.demo_accounts ?? [];
  return (
    <Door
      title={t("title")}
      demo={options.data?.demo ?? false}
      aside={demo.length > 0 && <DemoAccounts accounts={demo} onPick={enter} busy={signIn.isPending} />}
    >
      {ended && !signIn.isError && (
        <p className={classes.notice} role="status">
          {t("ended")}
        </p>
      )}
      {options.isError && <Trouble>{t("optionsFailed")}</Trouble>}
      {signIn.isError && <Trouble>{signInTrouble(signIn.error, t)}</Trouble>}
      <CredentialsForm onSubmit={enter} busy={signIn.isPending} />
    </Door>
  );
}

/** Already signed in: on to where the reader was going. */
function Enter({ href }: { readonly href: string }) {
  const navigate = useNavigate();
  useEffect(() => void navigate({ href, replace: true }), [href, navigate]);
  return null;
}

function signInTrouble(error: unknown, t: ReturnType<typeof useTranslation>["t"]): string {
  if (error instanceof Problem && error.status === 401) return t("wrong");
  return problemText(error, t);
}

interface FormProps {
  readonly onSubmit: (credentials: Credentials) => void;
  readonly busy: boolean;
}

function CredentialsForm({ onSubmit, busy }: FormProps) {
  const { t } = useTranslation("session");
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { username: "", password: "" },
  });
  const { username, password } = formState.errors;
  return (
    <form className={classes.form} onSubmit={handleSubmit(onSubmit)} noValidate>
      <TextInput
        {...register("username")}
        size="md"
        label={t("username")}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        error={username?.message && t(username.message)}
      />
      <PasswordInput
        {...register("password")}
        size="md"
        label={t("password")}
        autoComplete="current-password"
        error={password?.message && t(password.message)}
      />
      <Button type="submit" size="md" loading={busy}>
        {t("signIn")}
      </Button>
    </form>
  );
}
