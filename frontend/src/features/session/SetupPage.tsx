/** The first start: whoever holds the code from the terminal becomes the first administrator. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import * as z from "zod/mini";
import { problemText } from "../../components/ErrorState";
import { Problem } from "../../lib/api";
import { authOptions, useSetup } from "./api";
import { Door, Trouble } from "./Door";
import classes from "./session.module.css";

const schema = z.object({
  code: z.string().check(z.trim(), z.minLength(1, "setup.needCode")),
  name: z.string().check(z.trim(), z.minLength(1, "setup.needName")),
  username: z.string().check(z.trim(), z.minLength(1, "needUsername")),
  password: z.string().check(z.minLength(12, "setup.shortPassword")),
});

export function SetupPage() {
  const { t } = useTranslation("session");
  const navigate = useNavigate();
  const options = useQuery(authOptions);
  const setup = useSetup();
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { code: "", name: "", username: "", password: "" },
  });
  const trouble = (field: keyof typeof formState.errors) => {
    const message = formState.errors[field]?.message;
    return typeof message === "string" ? t(message) : undefined;
  };
  if (options.data && !options.data.setup_needed && setup.isIdle) {
    return (
      <Door title={t("setup.done")}>
        <Button component={Link} to="/sign-in" size="md">
          {t("setup.toSignIn")}
        </Button>
      </Door>
    );
  }
  return (
    <Door title={t("setup.title")} about={t("setup.about")}>
      {setup.isError && (
        <Trouble>
          {setup.error instanceof Problem && setup.error.status > 0 && setup.error.status < 500
            ? setup.error.message
            : problemText(setup.error, t)}
        </Trouble>
      )}
      <form
        className={classes.form}
        noValidate
        onSubmit={handleSubmit((admin) => setup.mutate(admin, { onSuccess: () => void navigate({ to: "/" }) }))}
      >
        <TextInput
          {...register("code")}
          size="md"
          label={t("setup.code")}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          error={trouble("code")}
        />
        <TextInput
          {...register("name")}
          size="md"
          label={t("setup.name")}
          autoComplete="name"
          error={trouble("name")}
        />
        <TextInput
          {...register("username")}
          size="md"
          label={t("setup.username")}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          error={trouble("username")}
        />
        <PasswordInput
          {...register("password")}
          size="md"
          label={t("setup.password")}
          description={t("setup.passwordHint")}
          autoComplete="new-password"
          error={trouble("password")}
        />
        <Button type="submit" size="md" loading={setup.isPending}>
          {t("setup.submit")}
        </Button>
      </form>
    </Door>
  );
}
