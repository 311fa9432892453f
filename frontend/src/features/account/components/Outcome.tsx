/** How the last thing the person did went, said once. */
import { useTranslation } from "react-i18next";
import { problemText } from "../../../components/ErrorState";
import classes from "../account.module.css";

export function Outcome({ error, done }: { readonly error: unknown; readonly done?: string | false | undefined }) {
  const { t } = useTranslation("account");
  return (
    <div role="status">
      {error ? <p className={classes.trouble}>{t("failed", { reason: problemText(error, t) })}</p> : null}
      {!error && done && <p className={classes.fine}>{done}</p>}
    </div>
  );
}
