export const output: URL;
export function readLocale(language: string): string;
export function readMessages(text: string): Map<string, string[]>;
export function typesFor(text: string): string;
