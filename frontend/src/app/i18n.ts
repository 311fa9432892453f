/** Strings: one `en.json` per feature, its folder's name is the namespace. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

const features = import.meta.glob<Record<string, unknown>>("../features/*/en.json", { eager: true, import: "default" });
const rooms = import.meta.glob<Record<string, unknown>>(["./en.json", "../components/en.json"], {
  eager: true,
  import: "default",
});

function resources(): Record<string, Record<string, unknown>> {
  const found: Record<string, Record<string, unknown>> = {
    shell: rooms["./en.json"] ?? {},
    common: rooms["../components/en.json"] ?? {},
  };
  for (const [path, strings] of Object.entries(features)) {
    const feature = path.split("/").at(-2);
    if (feature) found[feature] = strings;
  }
  return found;
}

export function startI18n(): void {
  void i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    defaultNS: "common",
    fallbackNS: "common",
    resources: { en: resources() },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}
