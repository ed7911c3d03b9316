/** Figures by their names and labels, such as `parley_sockets{use="calls"}`. */
export type Figures = ReadonlyMap<string, number>;

/** Reads what `/metrics` answers. */
export function readFigures(text: string): Figures {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end))];
    }),
  );
}
