/** NEWS2 now: the score and what it asks for, or which inputs it waits for. Nothing for who is not measured that widely. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Score } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { formatAge, formatInstant } from "../../lib/format";
import classes from "./patient.module.css";
import { scoreOptions } from "./queries";

/** With fewer inputs than this somebody is not watched by NEWS2, and what is missing is no news. */
const fewest = 4;

export function ScoreCard({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation("patient");
  const score = useQuery(scoreOptions(patientId)).data;
  if (!score || score.not_applicable !== null || (score.score === null && score.inputs.length < fewest)) return null;
  return (
    <section className={classes.score} data-priority={priorityOf(score)} aria-labelledby="score">
      <header>
        <h2 id="score">{t(score.scale === 2 ? "score.titleScale2" : "score.title")}</h2>
        <strong>{score.score ?? "–"}</strong>
      </header>
      {score.score === null ? <Waiting score={score} /> : <p>{score.response}</p>}
      <dl>
        {score.inputs.map((input) => (
          <div key={input.code} data-points={input.points ?? undefined}>
            <dt>{input.display}</dt>
            <dd>
              {input.points === null ? "–" : t("score.points", { count: input.points })}
              <span className={classes.quiet}> · {formatAge(input.age_s * 1000)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {score.next_observation_at && (
        <p className={classes.quiet}>{t("score.next", { at: formatInstant(Date.parse(score.next_observation_at)) })}</p>
      )}
    </section>
  );
}

function Waiting({ score }: { readonly score: Score }) {
  const { t } = useTranslation("patient");
  const vitals = useQuery(vitalSignsOptions).data?.items ?? [];
  const name = (code: string) => vitals.find((vital) => vital.code === code)?.display ?? code;
  return (
    <>
      {score.missing.length > 0 && <p>{t("score.missing", { what: score.missing.map(name).join(", ") })}</p>}
      {score.stale.length > 0 && <p>{t("score.stale", { what: score.stale.map(name).join(", ") })}</p>}
    </>
  );
}

/** As the response table: seven and more is an emergency, five or a single three is urgent. */
export function priorityOf({ score, inputs }: Score): "high" | "medium" | undefined {
  if (score === null) return undefined;
  if (score >= 7) return "high";
  return score >= 5 || inputs.some(({ points }) => points === 3) ? "medium" : undefined;
}
