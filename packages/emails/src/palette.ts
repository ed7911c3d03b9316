/** The look's tokens as mail programs understand them. Mail that is dark is so by media query alone. */
export const light = {
  paper: '#fbfaf7',
  sheet: '#ffffff',
  line: '#e3e1db',
  ink: '#1b2026',
  ink2: '#4d535b',
  ink3: '#646971',
  accent: '#2266a4',
  onAccent: '#fcfcfc',
} as const;

export const dark: Palette = {
  paper: '#101316',
  sheet: '#171a1e',
  line: '#292d32',
  ink: '#ebe9e5',
  ink2: '#adb1b7',
  ink3: '#90969d',
  accent: '#6da9e7',
  onAccent: '#0c121a',
};

export type Palette = Readonly<Record<keyof typeof light, string>>;

/** Every text and the ground it stands on. */
export const pairs: readonly (readonly [text: keyof Palette, ground: keyof Palette])[] = [
  ['ink', 'sheet'],
  ['ink2', 'sheet'],
  ['ink3', 'sheet'],
  ['ink3', 'paper'],
  ['accent', 'sheet'],
  ['onAccent', 'accent'],
  ['paper', 'ink'],
];
