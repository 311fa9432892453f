/** The files, one on screen at a time, with the parts of a rule told apart. */
import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PolicyFile } from "../../../api/types";
import { StatusPill } from "../../../components/StatusPill";
import classes from "../oversight.module.css";
import { highlight } from "../policyText";

export function PolicyFiles({ files }: { readonly files: readonly PolicyFile[] }) {
  const { t } = useTranslation("oversight");
  const first = files.find((file) => file.status === "refused") ?? files[0];
  if (!first) return null;
  return (
    <Tabs defaultValue={first.name} keepMounted={false} className="card">
      <Tabs.List aria-label={t("policy.files")}>
        {files.map((file) => (
          <Tabs.Tab key={file.name} value={file.name}>
            {file.name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {files.map((file) => (
        <Tabs.Panel key={file.name} value={file.name}>
          <div className={classes.fileHead}>
            <span className="quiet">{t(`policy.origin.${file.origin}`)}</span>
            <StatusPill tone={file.status === "active" ? "good" : "attention"}>{t(`policy.${file.status}`)}</StatusPill>
          </div>
          <PolicyText name={file.name} text={file.text} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function PolicyText({ name, text }: { readonly name: string; readonly text: string }) {
  const { t } = useTranslation("oversight");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.source} aria-label={t("policy.file", { name })} tabIndex={0}>
      <ol>
        {highlight(text).map((line) => (
          <li key={line.number}>
            <code>
              {line.tokens.map((token) => (
                <span key={token.start} data-kind={token.kind}>
                  {token.text}
                </span>
              ))}
              {line.tokens.length === 0 && "\u200b"}
            </code>
          </li>
        ))}
      </ol>
    </section>
  );
}
