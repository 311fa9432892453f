/** Asking the policy: may this person do that, and which rule says so. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Button, TextInput } from "@mantine/core";
import { Controller, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import * as z from "zod/mini";
import type { PolicyExplanation } from "../../../api/types";
import { problemText } from "../../../components/ErrorState";
import { PatientSelect } from "../../../components/PatientSelect";
import { StatusPill } from "../../../components/StatusPill";
import { useExplainPolicy } from "../api/oversight";
import classes from "../oversight.module.css";

const schema = z.object({
  user: z.string().check(z.trim(), z.minLength(1, "needUser")),
  action: z.string().check(z.trim(), z.regex(/^[\w*]+:[\w*]+$/, "needAction")),
  patient: z.nullable(z.string()),
});

export function ExplainForm() {
  const { t } = useTranslation("oversight");
  const explain = useExplainPolicy();
  const { register, control, handleSubmit, formState } = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { user: "", action: "observation:read", patient: null },
  });
  const { errors } = formState;
  const trouble = (message: string | undefined) => message && t(`policy.${message}`);
  return (
    <section className={`card ${classes.box}`} aria-labelledby="policy-explain">
      <h2 id="policy-explain">{t("policy.explain")}</h2>
      <p className="quiet">{t("policy.explainAbout")}</p>
      <form
        className={classes.form}
        noValidate
        onSubmit={handleSubmit(({ user, action, patient }) =>
          explain.mutate({ user, action, object: patient === null ? "" : `patient/${patient}` }),
        )}
      >
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
        <Controller
          control={control}
          name="patient"
          render={({ field }) => (
            <PatientSelect
              label={t("policy.object")}
              placeholder={t("policy.nobody")}
              clearLabel={t("policy.nobody")}
              value={field.value}
              onChange={field.onChange}
            />
          )}
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
