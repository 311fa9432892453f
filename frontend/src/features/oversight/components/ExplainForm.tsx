/** Asking the policy: may this person do that, and which rule says so. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Button, TextInput } from "@mantine/core";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import * as z from "zod/mini";
import type { PolicyExplanation } from "../../../api/types";
import { problemText } from "../../../components/ErrorState";
import { StatusPill } from "../../../components/StatusPill";
import { useExplainPolicy } from "../api/oversight";
import classes from "../oversight.module.css";

const schema = z.object({
  user: z.string().check(z.trim(), z.minLength(1, "needUser")),
  action: z.string().check(z.trim(), z.regex(/^[\w*]+:[\w*]+$/, "needAction")),
  object: z.string().check(z.trim()),
});

export function ExplainForm() {
  const { t } = useTranslation("oversight");
  const explain = useExplainPolicy();
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(schema),
    defaultValues: { user: "", action: "observation:read", object: "" },
  });
  const { errors } = formState;
  const trouble = (message: string | undefined) => message && t(`policy.${message}`);
  return (
    <section className={`card ${classes.box}`} aria-labelledby="policy-explain">
      <h2 id="policy-explain">{t("policy.explain")}</h2>
      <p className="quiet">{t("policy.explainAbout")}</p>
      <form className={classes.form} noValidate onSubmit={handleSubmit((question) => explain.mutate(question))}>
        <TextInput
          {...register("user")}
          label={t("policy.user")}
          autoComplete="off"
          error={trouble(errors.user?.message)}
        />
        <TextInput
          {...register("action")}
          label={t("policy.action")}
          description={t("policy.actionHint")}
          autoComplete="off"
          error={trouble(errors.action?.message)}
        />
        <TextInput
          {...register("object")}
          label={t("policy.object")}
          description={t("policy.objectHint")}
          autoComplete="off"
        />
        <Button type="submit" variant="default" loading={explain.isPending}>
          {t("policy.ask")}
        </Button>
      </form>
      <div role="status">
        {explain.error && <p>{problemText(explain.error, t)}</p>}
        {explain.data && <Answer answer={explain.data} />}
      </div>
    </section>
  );
}

function Answer({ answer }: { readonly answer: PolicyExplanation }) {
  const { t } = useTranslation("oversight");
  const listed = (words: readonly string[]) => words.join(", ") || t("policy.none");
  return (
    <dl className={classes.answer}>
      <div>
        <dt>
          <StatusPill tone={answer.decision === "allow" ? "good" : "attention"}>
            {t(`policy.${answer.decision}`)}
          </StatusPill>
        </dt>
        <dd>
          {!answer.enabled && <p>{t("policy.disabledUser")}</p>}
          {answer.rule === null ? t("policy.noRule") : <code>{answer.rule}</code>}
        </dd>
      </div>
      <div>
        <dt>{t("policy.roles")}</dt>
        <dd>{listed(answer.roles)}</dd>
      </div>
      <div>
        <dt>{t("policy.relations")}</dt>
        <dd>{listed(answer.relations)}</dd>
      </div>
    </dl>
  );
}
