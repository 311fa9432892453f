/** A person may live in several worlds: as professional, patient, family and admin. One is on screen at a time. */
import type { Role } from "../api/types";

export type World = "professional" | "patient" | "family" | "admin";

const worldRoles: Readonly<Record<World, readonly Role[]>> = {
  professional: ["nurse", "doctor"],
  patient: ["patient"],
  family: ["family"],
  admin: ["admin"],
};

export const worldHome = {
  professional: "/board",
  patient: "/home",
  family: "/family",
  admin: "/admin/people",
} as const satisfies Record<World, string>;

const owned: readonly (readonly [prefix: string, world: World])[] = [
  ["/board", "professional"],
  ["/home", "patient"],
  ["/measure", "patient"],
  ["/my-", "patient"],
  ["/family", "family"],
  ["/admin", "admin"],
];

export function worldsOf(roles: readonly Role[]): World[] {
  const worlds = Object.keys(worldRoles) as World[];
  return worlds.filter((world) => worldRoles[world].some((role) => roles.includes(role)));
}

/** The world a page belongs to; pages shared by several keep the remembered one. */
export function worldAt(path: string, roles: readonly Role[], remembered: string | null): World | null {
  const worlds = worldsOf(roles);
  const owner = owned.find(([prefix]) => path.startsWith(prefix))?.[1];
  if (owner && worlds.includes(owner)) return owner;
  return worlds.find((world) => world === remembered) ?? worlds[0] ?? null;
}

const storageKey = (userId: string): string => `pmp-world-${userId}`;

export function rememberedWorld(userId: string): string | null {
  try {
    return localStorage.getItem(storageKey(userId));
  } catch {
    return null;
  }
}

export function rememberWorld(userId: string, world: World): void {
  try {
    localStorage.setItem(storageKey(userId), world);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}
