/** Keeps session tokens out of the database: what is stored, and looked for, is their hash. */
import type { BetterAuthOptions } from 'better-auth';
import type { kyselyAdapter } from '@better-auth/kysely-adapter';
import { hashToken } from './secret-token.ts';

type AdapterMaker = ReturnType<typeof kyselyAdapter>;
type Adapter = ReturnType<AdapterMaker>;
type Where = NonNullable<Parameters<Adapter['findMany']>[0]['where']>[number];

/**
 * Wraps better-auth's storage. Rows it returns carry the token they were asked for with; a row found in another way
 * carries the hash, which is no key to anything.
 */
export const hashedSessions =
  (makeAdapter: AdapterMaker) =>
  (options: BetterAuthOptions): Adapter => {
    const adapter = makeAdapter(options);
    return {
      ...wrapped(adapter),
      transaction: (work) => adapter.transaction((inner) => work(wrapped(inner))),
    };
  };

type InTransaction = Omit<Adapter, 'transaction'>;

function wrapped<A extends InTransaction>(adapter: A): A {
  const single: Pick<InTransaction, 'create' | 'findOne' | 'update'> = {
    async create<T extends Record<string, unknown>, R = T>(request: {
      model: string;
      data: Omit<T, 'id'>;
      select?: string[] | undefined;
      forceAllowId?: boolean | undefined;
    }): Promise<R> {
      const token = (request.data as { token?: unknown }).token;
      if (request.model !== 'session' || typeof token !== 'string') return adapter.create<T, R>(request);
      const row = await adapter.create<T, R>({ ...request, data: { ...request.data, token: hashToken(token) } });
      return { ...row, token };
    },
    async findOne<T>(request: Parameters<InTransaction['findOne']>[0]): Promise<T | null> {
      const row = await adapter.findOne<T>({ ...request, where: hashedWhere(request.model, request.where) });
      return withToken(row, tokenIn(request.model, request.where));
    },
    async update<T>(request: Parameters<InTransaction['update']>[0]): Promise<T | null> {
      const row = await adapter.update<T>({
        ...request,
        where: hashedWhere(request.model, request.where),
        update: hashedUpdate(request.model, request.update),
      });
      return withToken(row, tokenIn(request.model, request.where));
    },
  };
  return {
    ...adapter,
    ...single,
    findMany: (request) => adapter.findMany({ ...request, where: hashedWhere(request.model, request.where) }),
    count: (request) => adapter.count({ ...request, where: hashedWhere(request.model, request.where) }),
    updateMany: (request) =>
      adapter.updateMany({
        ...request,
        where: hashedWhere(request.model, request.where),
        update: hashedUpdate(request.model, request.update),
      }),
    delete: (request) => adapter.delete({ ...request, where: hashedWhere(request.model, request.where) }),
    deleteMany: (request) => adapter.deleteMany({ ...request, where: hashedWhere(request.model, request.where) }),
    consumeOne: (request) => adapter.consumeOne({ ...request, where: hashedWhere(request.model, request.where) }),
  };
}

function hashedWhere<W extends Where[] | undefined>(model: string, where: W): W {
  if (model !== 'session' || !where) return where;
  return where.map((each) => {
    if (each.field !== 'token') return each;
    if (typeof each.value === 'string') return { ...each, value: hashToken(each.value) };
    if (Array.isArray(each.value)) return { ...each, value: each.value.map((value) => hashToken(String(value))) };
    return each;
  }) as W;
}

function hashedUpdate(model: string, update: Record<string, unknown>): Record<string, unknown> {
  const { token } = update;
  return model === 'session' && typeof token === 'string' ? { ...update, token: hashToken(token) } : update;
}

function tokenIn(model: string, where: Where[]): string | undefined {
  const value = model === 'session' ? where.find(({ field }) => field === 'token')?.value : undefined;
  return typeof value === 'string' ? value : undefined;
}

const withToken = <T>(row: T | null, token: string | undefined): T | null =>
  row !== null && token !== undefined ? { ...row, token } : row;
