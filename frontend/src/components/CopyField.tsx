/** A secret or a command to take away: shown whole, copied with one press. */
import { Button } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./components.module.css";

export interface CopyFieldProps {
  readonly label: string;
  readonly text: string;
}

export function CopyField({ label, text }: CopyFieldProps) {
  const { t } = useTranslation("common");
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div className={classes.copyField}>
      <div className={classes.copyHead}>
        <strong>{label}</strong>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={copied ? <IconCheck size={14} aria-hidden="true" /> : <IconCopy size={14} aria-hidden="true" />}
          onClick={() => void copy()}
        >
          {t(copied ? "copied" : "copy")}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <span role="status" className={classes.hidden}>
        {copied ? t("copied") : ""}
      </span>
    </div>
  );
}
