/** How the last thing the person did went, said once. */
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { problemText } from "../../../components/ErrorState";
import { Problem } from "../../../lib/api";
import classes from "../account.module.css";

function wordsFor(error: unknown, t: TFunction<"account">): string {
  // What cannot be done now comes with the server's reason, such as a mail server that is away.
  if (error instanceof Problem && error.status === 503) return error.message;
  const reason = problemText(error, t);
  // The words for a broken server or connection say already that nothing was changed.
  const saysSo = !(error instanceof Problem) || error.status === 0 || error.status >= 500;
  return saysSo ? reason : t("failed", { reason });
}

export function Outcome({ error, done }: { readonly error: unknown; readonly done?: string | false | undefined }) {
  const { t } = useTranslation("account");
  return (
    <div role="status">
      {error ? <p className={classes.trouble}>{wordsFor(error, t)}</p> : null}
      {!error && done && <p className={classes.fine}>{done}</p>}
    </div>
  );
}
