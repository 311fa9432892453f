/** Trying out whether one is reached. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSendTest } from "../api/notifications";
import { Outcome } from "./Outcome";
import { Section } from "./Section";

export function SendTest({ anywhere }: { readonly anywhere: boolean }) {
  const { t } = useTranslation("account");
  const test = useSendTest();
  const channels = test.data?.channels.join(", ") ?? "";
  return (
    <Section title={t("reach.test")} about={t(anywhere ? "reach.testAbout" : "reach.testNowhere")}>
      <Button loading={test.isPending} disabled={!anywhere} onClick={() => test.mutate()}>
        {t("reach.sendTest")}
      </Button>
      <Outcome error={test.error} done={test.isSuccess && t("reach.testSent", { channels })} />
    </Section>
  );
}
