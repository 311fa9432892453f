/** On every page of a demo: nothing here is about a real person. */
import { useTranslation } from "react-i18next";
import classes from "./components.module.css";

export function DemoMark() {
  const { t } = useTranslation("common");
  return (
    <span className={classes.demo} title={t("demo.about")}>
      {t("demo.mark")}
    </span>
  );
}
