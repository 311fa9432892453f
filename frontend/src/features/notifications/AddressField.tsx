/** An e-mail address or telephone number: entered, confirmed by the code that was sent there, removed. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "../../components/ErrorState";
import classes from "./notifications.module.css";
import { type AddressKind, useAddAddress, useConfirmAddress, useRemoveAddress } from "./queries";

export function AddressField({ kind, address }: { readonly kind: AddressKind; readonly address: string | null }) {
  const { t } = useTranslation("notifications");
  const [text, setText] = useState("");
  const [code, setCode] = useState("");
  const [sentTo, setSentTo] = useState<string | null>(null);
  const add = useAddAddress(kind);
  const confirm = useConfirmAddress(kind);
  const remove = useRemoveAddress(kind);
  const trouble = add.error ?? confirm.error ?? remove.error;
  const send = (event: FormEvent) => {
    event.preventDefault();
    const wanted = kind === "phone" ? text.replaceAll(/[\s()/-]/g, "") : text.trim();
    confirm.reset();
    add.mutate(wanted, { onSuccess: () => setSentTo(wanted) });
  };
  const finish = (event: FormEvent) => {
    event.preventDefault();
    add.reset();
    confirm.mutate(code.trim(), {
      onSuccess: () => {
        setSentTo(null);
        setText("");
        setCode("");
      },
    });
  };
  return (
    <section className={classes.section} aria-labelledby={`address-${kind}`}>
      <h2 id={`address-${kind}`}>{t(`${kind}.title`)}</h2>
      {address ? (
        <p className={classes.address}>
          <span className={classes.fine}>{address}</span>
          <Button
            size="compact-sm"
            variant="default"
            loading={remove.isPending}
            onClick={() => remove.mutate(undefined)}
          >
            {t("remove", { address })}
          </Button>
        </p>
      ) : (
        <p className="quiet">{t(`${kind}.none`)}</p>
      )}
      {sentTo === null ? (
        <form className={classes.row} onSubmit={send} noValidate>
          <TextInput
            label={t(address ? `${kind}.other` : `${kind}.label`)}
            description={kind === "phone" ? t("phone.hint") : undefined}
            type={kind === "email" ? "email" : "tel"}
            autoComplete={kind === "email" ? "email" : "tel"}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={add.isPending} disabled={text.trim() === ""}>
            {t("sendCode")}
          </Button>
        </form>
      ) : (
        <form className={classes.row} onSubmit={finish} noValidate>
          <TextInput
            label={t("code", { address: sentTo })}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            data-autofocus
          />
          <Button type="submit" loading={confirm.isPending} disabled={code.trim().length !== 6}>
            {t("confirm")}
          </Button>
          <Button variant="subtle" onClick={() => setSentTo(null)}>
            {t("otherAddress")}
          </Button>
        </form>
      )}
      {trouble && (
        <p role="alert" className={classes.trouble}>
          {problemText(trouble, t)}
        </p>
      )}
    </section>
  );
}
