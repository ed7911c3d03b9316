import { importReasons } from '@parley/core/import-reasons';

interface Counts {
  read: number;
  created: number;
  alreadyThere: number;
  leftOut?: Readonly<Record<string, number>>;
}

export interface ImportReportProps {
  report: {
    people: Counts & { unknown: number; bots: number };
    threads: Counts;
    messages: Counts & { replies: number; repliesWithoutRoot: number; split: number };
    reactions: Counts;
    attachments: { leftOut: Readonly<Record<string, number>> };
    archive: { files: number; leftOut: Readonly<Record<string, number>> };
    milliseconds: number;
  };
}

/** What an import brought, and what it left out and why. */
export function ImportReport({ report }: ImportReportProps) {
  const { people, threads, messages, reactions, attachments, archive } = report;
  const rows: [string, Counts][] = [
    ['People', people],
    ['Threads', threads],
    ['Messages', messages],
    ['Reactions', reactions],
  ];
  const leftOut = new Map<string, number>();
  for (const counted of [threads, messages, reactions, attachments, archive]) {
    for (const [reason, count] of Object.entries(counted.leftOut ?? {})) {
      if (count > 0) leftOut.set(reason, (leftOut.get(reason) ?? 0) + count);
    }
  }
  return (
    <div className="rounded-xl border border-line px-4 py-4">
      <h2 className="text-lg font-semibold tracking-tight">
        The import is done: {archive.files.toLocaleString()} files in {seconds(report.milliseconds)}
      </h2>
      <table className="mt-3 w-full table-fixed text-base tabular-nums">
        <thead>
          <tr className="text-right text-sm text-ink-3 [&>th]:py-1 [&>th]:font-medium">
            <th scope="col" className="w-2/5">
              <span className="sr-only">What</span>
            </th>
            <th scope="col">Read</th>
            <th scope="col">New</th>
            <th scope="col">There already</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, counts]) => (
            <tr key={name} className="border-t border-line text-right [&>td]:py-1.5">
              <th scope="row" className="text-left font-medium">
                {name}
              </th>
              <td>{counts.read.toLocaleString()}</td>
              <td>{counts.created.toLocaleString()}</td>
              <td>{counts.alreadyThere.toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {leftOut.size > 0 ? (
        <>
          <h3 className="mt-5 text-base font-semibold">Left out</h3>
          <ul className="mt-2 text-base text-ink-2">
            {[...leftOut].map(([reason, count]) => (
              <li key={reason} className="flex justify-between gap-6 border-t border-line py-1.5">
                <span className="first-letter:uppercase">{importReasons[reason] ?? reason}</span>
                <span className="shrink-0 tabular-nums">{count.toLocaleString()}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}

const seconds = (milliseconds: number): string =>
  `${(milliseconds / 1000).toLocaleString(undefined, { maximumFractionDigits: 1 })} s`;
