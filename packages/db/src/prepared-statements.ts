/** Lets the server plan once what is said often: most of the cost of a small statement is its planning. */
import pg from 'pg';

/** Far more than the engine has; a bound against texts that are made up without end. */
const STATEMENTS = 1_000;
const nameByText = new Map<string, string>();

/** From now on every connection prepares this statement when it first says it. Its text must be one of few. */
export function prepareOnUse(text: string): void {
  if (nameByText.has(text) || nameByText.size >= STATEMENTS) return;
  nameByText.set(text, `parley_${nameByText.size}`);
}

type Query = (this: void, text: unknown, ...rest: unknown[]) => unknown;

export class PreparingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const plain = this.query.bind(this) as Query;
    const query: Query = (text, ...rest) => {
      const name = typeof text === 'string' ? nameByText.get(text) : undefined;
      return name === undefined ? plain(text, ...rest) : plain({ name, text, values: rest[0] });
    };
    Object.assign(this, { query });
  }
}
