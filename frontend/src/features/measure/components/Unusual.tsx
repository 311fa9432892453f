/** A hint, not a barrier: what was typed is out of the usual. */
import { useTranslation } from "react-i18next";
import type { VitalSign } from "../../../api/types";
import { type Place, placeOf, type Range } from "../../../lib/ranges";
import { convert } from "../../../lib/units";
import { type Entry, type EntryField, parseNumber } from "../entry";
import classes from "../measure.module.css";

interface UnusualProps {
  readonly sign: VitalSign;
  readonly fields: readonly EntryField[];
  readonly entry: Entry;
  readonly rangeFor: (code: string) => Range;
  readonly plain: boolean;
}

export function Unusual({ fields, entry, rangeFor, plain }: UnusualProps) {
  const { t } = useTranslation("measure");
  const place = worstPlace(fields, entry, rangeFor);
  return (
    <div aria-live="polite">
      {(place === "above" || place === "below") && (
        <p className={classes.hint}>{t(`${plain ? "unusual" : "unusualStaff"}_${place}`)}</p>
      )}
    </div>
  );
}

/** A number still being typed is judged too: "1" on the way to "120" is no finding, so single digits wait. */
function worstPlace(fields: readonly EntryField[], entry: Entry, rangeFor: (code: string) => Range): Place | null {
  const places = fields.map(({ code, sign }) => {
    const text = entry.texts[code] ?? "";
    const typed = parseNumber(text);
    if (typed === null || text.length < 2) return null;
    const value = sign.unit === null ? typed : convert(typed, entry.unit, sign.unit);
    return value === null ? null : placeOf(value, rangeFor(code));
  });
  return places.find((place) => place === "above") ?? places.find((place) => place === "below") ?? null;
}
