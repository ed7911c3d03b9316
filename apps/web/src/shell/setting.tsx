import { useId, type ReactNode } from 'react';

/** A named part of the settings: rows in one sheet. */
export function SettingGroup({ title, children }: { title: string; children: ReactNode }) {
  const titleId = useId();
  return (
    <section aria-labelledby={titleId} className="pb-8">
      <h2 id={titleId} className="pb-2 text-base font-[650] tracking-tight">
        {title}
      </h2>
      <div className="divide-y divide-line rounded-xl border border-line">{children}</div>
    </section>
  );
}

export interface SettingProps {
  title: string;
  note: ReactNode;
  /** What is pressed or chosen, at the end of the row. */
  children?: ReactNode;
}

/** One row: what it is, how it stands, and the control. */
export function Setting({ title, note, children }: SettingProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-3.5">
      <div className="min-w-0 flex-1 basis-56">
        <h3 className="text-base font-semibold">{title}</h3>
        <p className="text-base text-pretty text-ink-3">{note}</p>
      </div>
      {children}
    </div>
  );
}
