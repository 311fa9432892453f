/** What the marks on the charts mean. */
import { useTranslation } from "react-i18next";
import classes from "./charts.module.css";

export function Legend({ plain, episode = false }: { plain: boolean; episode?: boolean }) {
  const { t } = useTranslation("charts");
  return (
    <ul className={classes.legend} aria-label={t("legend")}>
      <li>
        <svg width="16" height="10" aria-hidden="true">
          <circle cx="8" cy="5" r="2.5" fill="var(--chart-line)" />
        </svg>
        {t("device")}
      </li>
      <li>
        <svg width="16" height="12" aria-hidden="true">
          <path d="M8 1.5 12.5 6 8 10.5 3.5 6Z" fill="none" stroke="var(--chart-line)" strokeWidth="1.75" />
        </svg>
        {t("manual")}
      </li>
      <li>
        <svg width="20" height="12" aria-hidden="true">
          <rect
            x="0.5"
            y="2.5"
            width="19"
            height="7"
            fill="var(--chart-limit-fill)"
            stroke="var(--chart-limit)"
            strokeDasharray="3 3"
          />
        </svg>
        {t("limits")}
      </li>
      {episode && (
        <li>
          <svg width="20" height="12" aria-hidden="true">
            <rect y="1" width="20" height="10" fill="currentColor" opacity="0.15" />
            <rect y="1" width="20" height="2.5" fill="currentColor" />
          </svg>
          {t("episode")}
        </li>
      )}
      {!plain && (
        <>
          <li>
            <svg width="20" height="12" aria-hidden="true">
              <rect y="2" width="20" height="8" fill="var(--chart-band)" />
              <path d="M0 6H20" stroke="var(--chart-line)" strokeWidth="1.75" />
            </svg>
            {t("band")}
          </li>
          <li>
            <svg width="16" height="14" aria-hidden="true">
              <path d="M2 12 14 2" stroke="var(--chart-quarantined)" strokeWidth="1.5" />
              <circle cx="8" cy="7" r="4" fill="none" stroke="var(--chart-quarantined)" strokeWidth="1.5" />
            </svg>
            {t("quarantined")}
          </li>
        </>
      )}
    </ul>
  );
}
