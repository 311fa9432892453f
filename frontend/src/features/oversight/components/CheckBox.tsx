/** Trying a policy text without changing anything. */
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "../../../components/ErrorState";
import { useCheckPolicy } from "../api/oversight";
import classes from "../oversight.module.css";

export function CheckBox() {
  const { t } = useTranslation("oversight");
  const [text, setText] = useState("");
  const check = useCheckPolicy();
  return (
    <section className={`card ${classes.box}`} aria-labelledby="policy-check">
      <h2 id="policy-check">{t("policy.check")}</h2>
      <p className="quiet">{t("policy.checkAbout")}</p>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          check.mutate(text);
        }}
      >
        <Textarea
          label={t("policy.checkLabel")}
          placeholder="p, nurse, alert, resolve, any_patient, deny"
          rows={5}
          spellCheck={false}
          value={text}
          classNames={{ input: classes.code }}
          onChange={(event) => {
            setText(event.currentTarget.value);
            check.reset();
          }}
        />
        <Button type="submit" variant="default" loading={check.isPending} disabled={text.trim() === ""}>
          {t("policy.checkSubmit")}
        </Button>
      </form>
      <div role="status">
        {check.error && <p>{problemText(check.error, t)}</p>}
        {check.data?.ok && <p className={classes.fine}>{t("policy.checkOk")}</p>}
        {check.data && !check.data.ok && (
          <ul className={classes.mistakes}>
            {check.data.errors.map(({ line, message }) => (
              <li key={`${line}${message}`}>{t("policy.checkError", { line, message })}</li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
