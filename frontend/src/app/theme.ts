/** The look as Mantine understands it. Our own tokens live in tokens.css; both agree on teal, radius 8 and one shadow. */
import {
  Badge,
  convertCssVariables,
  createTheme,
  DEFAULT_THEME,
  Drawer,
  defaultCssVariablesResolver,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Menu,
  Modal,
  mergeMantineTheme,
  Popover,
  Select,
  Tooltip,
  type VariantColorsResolver,
} from "@mantine/core";

const teal: MantineColorsTuple = [
  "#e7f5f4",
  "#d3ebe9",
  "#a7d8d4",
  "#76c3bd",
  "#4fb3ab",
  "#2a9d95",
  "#128a82",
  "#0c7a73",
  "#086b65",
  "#06534f",
];

const red: MantineColorsTuple = [
  "#fdecec",
  "#f9d6d6",
  "#f2abab",
  "#ec7d7d",
  "#e65757",
  "#e13c3c",
  "#d62c2c",
  "#be2020",
  "#ad1a1c",
  "#981416",
];

/** Cool, quiet greys for the dark ground. */
const dark: MantineColorsTuple = [
  "#e6ecf0",
  "#c3ced6",
  "#a3b0ba",
  "#7c8a95",
  "#3d4a54",
  "#2b3740",
  "#212b33",
  "#182026",
  "#10161b",
  "#0b1013",
];

const gray: MantineColorsTuple = [
  "#f6f8f9",
  "#eef2f4",
  "#e2e8ec",
  "#d3dbe1",
  "#bcc7cf",
  "#94a3ae",
  "#6b7b87",
  "#50606c",
  "#33414c",
  "#1a252e",
];

/** Filled teal is light on a dark ground: its text has to turn with it. */
const resolveVariant: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const filledTeal = input.variant === "filled" && (input.color === undefined || input.color === "teal");
  return filledTeal ? { ...colors, color: "var(--on-accent)" } : colors;
};

/** A dialog's title bar is a header element; as a landmark it would be the page's second banner. */
const dialogAttributes = { header: { role: "presentation" } };

export const theme = createTheme({
  variantColorResolver: resolveVariant,
  primaryColor: "teal",
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  colors: { teal, red, dark, gray },
  black: "#14202a",
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  headings: {
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.25" },
      h2: { fontSize: "1.125rem", lineHeight: "1.35" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "16px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // The content security policy forbids the style element that scroll locking and scroll areas would add.
    Modal: Modal.extend({
      defaultProps: {
        attributes: dialogAttributes,
        lockScroll: false,
        centered: true,
        transitionProps: { duration: 120 },
        overlayProps: { opacity: 0.5 },
      },
    }),
    Drawer: Drawer.extend({
      defaultProps: { attributes: dialogAttributes, lockScroll: false, transitionProps: { duration: 120 } },
    }),
    Select: Select.extend({
      defaultProps: { withScrollArea: false, comboboxProps: { shadow: "md" }, checkIconPosition: "right" },
    }),
    Menu: Menu.extend({
      defaultProps: { withInitialFocusPlaceholder: false, shadow: "md", transitionProps: { duration: 100 } },
    }),
    Popover: Popover.extend({ defaultProps: { shadow: "md", transitionProps: { duration: 100 } } }),
    Tooltip: Tooltip.extend({ defaultProps: { transitionProps: { duration: 80 }, openDelay: 300 } }),
    Badge: Badge.extend({ defaultProps: { radius: "sm", tt: "none", fw: 560 } }),
  },
});

/**
 * Mantine would write its variables into a style element, which the content security policy forbids. A constructed
 * stylesheet says the same and is allowed.
 */
export function adoptThemeVariables(): void {
  const sheet = new CSSStyleSheet();
  const css = convertCssVariables(defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme)), ":root");
  sheet.replaceSync(`@layer mantine{${css}}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
