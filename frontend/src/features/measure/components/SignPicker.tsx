/** What was measured: big tiles, or a row of small ones where space is short. */
import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { VitalSign } from "../../../api/types";
import { signIcon } from "../../../lib/signIcons";
import classes from "../measure.module.css";

interface SignPickerProps {
  readonly signs: readonly VitalSign[];
  readonly picked: string | null;
  readonly onPick: (sign: VitalSign) => void;
  readonly compact: boolean;
  readonly plain: boolean;
}

/** What patients measure at home, most usual first. */
const homeSigns = ["85354-9", "8867-4", "8310-5", "2708-6", "2339-0", "29463-7", "9279-1"];

export function SignPicker({ signs, picked, onPick, compact, plain }: SignPickerProps) {
  const { t } = useTranslation("measure");
  const offered = plain ? homeSigns.flatMap((code) => signs.filter((sign) => sign.code === code)) : signs;
  return (
    <fieldset className={compact ? classes.chips : classes.tiles}>
      <legend>{t(plain ? "pick" : "pickStaff")}</legend>
      {offered.map((sign) => {
        const Icon = signIcon(sign.code);
        return (
          <UnstyledButton
            key={sign.code}
            className={compact ? classes.chip : classes.tile}
            aria-pressed={compact ? sign.code === picked : undefined}
            onClick={() => onPick(sign)}
          >
            <Icon size={compact ? 16 : 30} stroke={1.5} aria-hidden="true" />
            <span>{compact ? sign.short : t(`common:sign.${sign.code}`, sign.display)}</span>
          </UnstyledButton>
        );
      })}
    </fieldset>
  );
}
