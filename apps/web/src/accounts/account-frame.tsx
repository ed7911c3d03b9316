import type { ReactNode } from 'react';
import { Mark } from './mark.tsx';

/** The page around everything that happens before a person is in: one column, one task. */
export function AccountFrame({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <main className="grid h-dvh grid-cols-[minmax(0,1fr)] overflow-y-auto bg-sheet wide:grid-cols-[minmax(30rem,5fr)_6fr]">
      <div className="flex flex-col px-6 py-8 pt-[max(2rem,env(safe-area-inset-top))] desk:py-12">
        <div className="mx-auto flex w-full max-w-96 flex-1 flex-col">
          <p className="flex items-center gap-2.5 text-lg font-[650] tracking-tight">
            <Mark className="size-8" />
            Parley
          </p>
          <div className="my-auto py-10">
            <h1 className="text-2xl font-[650] tracking-[-0.02em] text-balance text-ink">{title}</h1>
            {lead === undefined ? null : <div className="mt-2 text-lg text-ink-2">{lead}</div>}
            <div className="mt-7">{children}</div>
          </div>
        </div>
      </div>
      <Sketch />
    </main>
  );
}

const lines = [
  { ink: 'oklch(51% 0.1 250)', by: 'w-24', text: ['w-72', 'w-52'], note: false, outside: false },
  { ink: 'oklch(51% 0.1 45)', by: 'w-20', text: ['w-64'], note: false, outside: true },
  { ink: 'oklch(51% 0.09 180)', by: 'w-28', text: ['w-60', 'w-36'], note: true, outside: false },
] as const;

/** What the place looks like inside, without a word that could be mistaken for content. */
function Sketch() {
  return (
    <div aria-hidden className="relative hidden overflow-hidden border-l border-line bg-paper wide:block">
      <div className="absolute top-1/2 left-[14%] w-[46rem] -translate-y-1/2 rounded-2xl border border-line bg-sheet pb-5 shadow-lift">
        <div className="flex items-center gap-3 border-b border-line px-7 py-5">
          <span className="h-2.5 w-48 rounded-full bg-ink opacity-80" />
          <span className="h-4.5 w-24 rounded-full bg-outside-soft" />
        </div>
        <div className="flex flex-col gap-7 px-7 py-7">
          {lines.map((line) => (
            <div key={line.by} className="flex gap-4">
              <span
                className={
                  line.outside
                    ? 'size-9 rounded-full shadow-[0_0_0_2px_var(--sheet),0_0_0_3.5px_var(--outside)]'
                    : 'size-9 rounded-full'
                }
                style={{ backgroundColor: line.ink }}
              />
              <span className="flex flex-1 flex-col gap-2.5 pt-1">
                <span className={`h-2 rounded-full bg-ink opacity-70 ${line.by}`} />
                <span
                  className={
                    line.note
                      ? 'mt-1 flex w-80 flex-col gap-2.5 rounded-lg border border-note-line bg-note px-4 py-4'
                      : 'flex flex-col gap-2.5'
                  }
                >
                  {line.text.map((width) => (
                    <span key={width} className={`h-2 rounded-full bg-ink opacity-20 ${width}`} />
                  ))}
                </span>
              </span>
            </div>
          ))}
        </div>
        <div className="mx-6 overflow-hidden rounded-xl border border-[color-mix(in_oklch,var(--outside)_45%,var(--line))] shadow-float">
          <div className="flex items-center gap-3 bg-outside-soft px-4 py-3">
            <span className="h-2 w-56 rounded-full bg-outside opacity-70" />
          </div>
          <div className="flex items-end justify-between bg-sheet px-4 py-4">
            <span className="mb-6 h-2 w-40 rounded-full bg-ink opacity-15" />
            <span className="h-8 w-20 rounded-md bg-accent" />
          </div>
        </div>
      </div>
    </div>
  );
}
