/** Joins the class names that apply; `false`, `null` and `undefined` fall out. */
export const classNames = (...names: (string | false | null | undefined)[]): string =>
  names.filter((name) => typeof name === 'string' && name !== '').join(' ');
