/** An e-mail address or a telephone number: it holds once the code that was sent there came back. */
import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "../account.module.css";
import { type AddressKind, useAddress } from "../api/notifications";
import { Outcome } from "./Outcome";
import { Section } from "./Section";

interface AddressProps {
  readonly kind: AddressKind;
  readonly present: string | null;
}

export function Address({ kind, present }: AddressProps) {
  const { t } = useTranslation("account");
  const { begin, confirm, remove } = useAddress(kind);
  const [changing, setChanging] = useState(false);
  const [address, setAddress] = useState("");
  const given = kind === "phone" ? address.replaceAll(/[\s()./-]/g, "").replace(/^00/, "+") : address.trim();
  return (
    <Section title={t(`reach.${kind}`)} about={present ? undefined : t(`reach.${kind}About`)}>
      {present && (
        <p>
          {t("reach.usedAddress")} <strong>{present}</strong>
        </p>
      )}
      {begin.isSuccess ? (
        <Code
          address={given}
          error={confirm.error}
          busy={confirm.isPending}
          onCode={(code) => confirm.mutate(code)}
          onBack={() => {
            begin.reset();
            confirm.reset();
          }}
        />
      ) : present && !changing ? (
        <Group gap={12}>
          <Button variant="default" onClick={() => setChanging(true)}>
            {t("reach.change")}
          </Button>
          <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t("reach.remove")}
          </Button>
        </Group>
      ) : (
        <form
          className={classes.form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (given) begin.mutate(given);
          }}
        >
          <TextInput
            type={kind === "email" ? "email" : "tel"}
            autoComplete={kind === "email" ? "email" : "tel"}
            label={t(`reach.${kind}Label`)}
            description={t(`reach.${kind}Hint`)}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <Button type="submit" loading={begin.isPending} disabled={!given}>
            {t("reach.sendCode")}
          </Button>
        </form>
      )}
      <Outcome error={begin.error ?? remove.error} />
    </Section>
  );
}

interface CodeProps {
  readonly address: string;
  readonly error: unknown;
  readonly busy: boolean;
  readonly onCode: (code: string) => void;
  readonly onBack: () => void;
}

function Code({ address, error, busy, onCode, onBack }: CodeProps) {
  const { t } = useTranslation("account");
  const [code, setCode] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    onCode(code.replaceAll(/\s/g, ""));
  };
  return (
    <form className={classes.form} noValidate onSubmit={send}>
      <p role="status">{t("reach.codeSent", { address })}</p>
      <TextInput
        label={t("reach.code")}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={12}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        data-autofocus
      />
      <Group gap={12}>
        <Button type="submit" loading={busy} disabled={!/^\s*(\d\s*){6}$/.test(code)}>
          {t("reach.confirm")}
        </Button>
        <Button variant="default" onClick={onBack}>
          {t("reach.back")}
        </Button>
      </Group>
      <Outcome error={error} />
    </form>
  );
}
