/** Light, dark, or as the system has it. */

import { type ReadonlySignal, signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED = 'setroom.theme';
const current = signal<Theme>('system');

export const theme: ReadonlySignal<Theme> = current;

function show(chosen: Theme): void {
  current.value = chosen;
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** Takes up the stored choice, before anything is drawn. */
export function startTheme(): void {
  try {
    const stored = localStorage.getItem(STORED);
    if (stored === 'light' || stored === 'dark') show(stored);
  } catch {
    // Storage may be forbidden; then the system's own choice stands.
  }
}

/** Changes the theme and remembers it. */
export function chooseTheme(chosen: Theme): void {
  show(chosen);
  try {
    if (chosen === 'system') localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, chosen);
  } catch {
    // Not remembered, still changed.
  }
}
