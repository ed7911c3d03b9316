import { Button, EmptyState, notify, Spinner } from '@parley/ui';
import { CloudOff, FileArchive } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { refusalWords, type RefusalWords } from '../accounts/refusal-words.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { administration } from './administration.ts';
import { useOnline } from './connection.tsx';
import { ImportReport } from './import-report.tsx';
import { Progress } from './progress.tsx';
import { uploadArchive, UploadRefused } from './upload-archive.ts';

/** Bringing in the history of a Slack workspace: an upload, a run, and what came of it. */
export function ImportPage({ organisation }: { organisation: OwnOrganisation }) {
  const { id: orgId } = organisation;
  const online = useOnline();
  const imports = administration.useUtils().imports;
  const [sending, setSending] = useState<{ name: string; bytes: number; received: number }>();
  const [refusal, setRefusal] = useState<RefusalWords | null>(null);
  const stop = useRef(new AbortController());
  const newest = administration.imports.newest.useQuery(
    { orgId },
    { refetchInterval: ({ state }) => (state.data?.state === 'running' ? 1_000 : false) },
  );
  const start = administration.imports.start.useMutation();
  const discard = administration.imports.discard.useMutation({
    onError: (error) => notify(refusalWords(error).text, { tone: 'bad' }),
    onSettled: () => imports.newest.invalidate({ orgId }),
  });
  useEffect(() => () => stop.current.abort(), []);

  const send = async (file: File, withDirectMessages: boolean) => {
    setRefusal(null);
    stop.current = new AbortController();
    const { signal } = stop.current;
    try {
      const wanted = { orgId, fileName: file.name, bytes: file.size, withDirectMessages };
      const { importId, received: from } = await start.mutateAsync(wanted);
      const shown = { name: file.name, bytes: file.size };
      setSending({ ...shown, received: from });
      const onReceived = (received: number) => setSending({ ...shown, received });
      await uploadArchive({ importId, file, from, signal, onReceived });
    } catch (error) {
      if (signal.aborted) return;
      setRefusal(
        error instanceof UploadRefused ? { code: 'UPLOAD', text: error.message, fields: {} } : refusalWords(error),
      );
    }
    setSending(undefined);
    await imports.newest.invalidate({ orgId });
  };

  if (newest.data === undefined) {
    return newest.isError ? (
      <EmptyState
        icon={<CloudOff size={22} strokeWidth={1.8} />}
        title="Imports cannot be looked at now"
        action={<Button onClick={() => void newest.refetch()}>Try again</Button>}
      >
        {refusalWords(newest.error).text}
      </EmptyState>
    ) : (
      <div className="grid place-items-center py-12">
        <Spinner label="Looking for imports" />
      </div>
    );
  }
  const last = newest.data;
  if (sending !== undefined) {
    return (
      <section aria-label="Import" className="flex flex-col gap-4">
        <Progress
          label={`Sending ${sending.name}`}
          done={sending.received}
          total={sending.bytes}
          words={`${megabytes(sending.received)} of ${megabytes(sending.bytes)}`}
        />
        <p className="text-base text-ink-3">
          Stay on this page until it is sent. If it breaks off, choose the same file to go on.
        </p>
      </section>
    );
  }
  if (last?.state === 'running') {
    const { progress } = last;
    const writing = progress?.stage === 'writing';
    return (
      <section aria-label="Import" className="flex flex-col gap-4">
        <Progress
          label={`Importing ${last.fileName}`}
          done={progress?.done ?? 0}
          total={progress?.total ?? 1}
          words={
            progress === null
              ? 'Opening the archive'
              : writing
                ? `${progress.done.toLocaleString()} of ${progress.total.toLocaleString()} messages`
                : `${progress.done.toLocaleString()} of ${progress.total.toLocaleString()} files read`
          }
        />
        <p className="text-base text-ink-3">It goes on without this page. Everybody can work meanwhile.</p>
      </section>
    );
  }
  return (
    <section aria-label="Import" className="flex flex-col gap-6">
      {last?.state === 'done' && last.report !== null ? <ImportReport report={last.report} /> : null}
      {last?.state === 'failed' ? (
        <FormRefusal refusal={{ code: 'FAILED', text: last.refusal ?? 'The import failed.', fields: {} }} />
      ) : null}
      {last?.state === 'uploading' ? (
        <div className="flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line px-4 py-3">
          <p className="min-w-0 text-base">
            <span className="font-medium">{last.fileName}</span> is here up to {megabytes(last.received)} of{' '}
            {megabytes(last.bytes)}. Choose the same file to go on.
          </p>
          <Button disabled={!online} onClick={() => discard.mutate({ importId: last.id })}>
            Discard
          </Button>
        </div>
      ) : null}
      <div className={refusal === null ? '' : 'flex flex-col gap-6'}>
        <FormRefusal refusal={refusal} />
        <Chooser online={online} busy={start.isPending} onChoose={(file, all) => void send(file, all)} />
      </div>
    </section>
  );
}

interface ChooserProps {
  online: boolean;
  busy: boolean;
  onChoose: (file: File, withDirectMessages: boolean) => void;
}

function Chooser({ online, busy, onChoose }: ChooserProps) {
  const field = useRef<HTMLInputElement>(null);
  const [all, setAll] = useState(false);
  const note = useId();
  return (
    <div
      className="flex flex-col items-center gap-4 rounded-xl border border-dashed border-line-strong px-6 py-9 text-center"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const [file] = event.dataTransfer.files;
        if (file !== undefined && online && !busy) onChoose(file, all);
      }}
    >
      <span aria-hidden className="grid size-12 place-items-center rounded-2xl bg-sunk text-ink-3">
        <FileArchive size={22} strokeWidth={1.8} />
      </span>
      <div>
        <h2 className="mb-1 text-lg font-semibold tracking-tight">Bring your history from Slack</h2>
        <p className="mx-auto max-w-[48ch] text-base text-ink-2">
          People, channels, messages and reactions of an export. Run again, it adds only what is new. Whoever accepts an
          invitation finds what they wrote.
        </p>
      </div>
      <input
        ref={field}
        type="file"
        accept=".zip,application/zip"
        aria-label="Archive"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file !== undefined) onChoose(file, all);
        }}
      />
      <Button
        look="primary"
        size="large"
        busy={busy}
        disabled={!online}
        title={online ? undefined : 'An import needs a connection'}
        onClick={() => field.current?.click()}
      >
        Choose the zip
      </Button>
      <label className="flex min-h-6 items-center gap-2 text-base pointer-coarse:min-h-11">
        <input
          type="checkbox"
          checked={all}
          aria-describedby={note}
          onChange={(event) => setAll(event.target.checked)}
          className="size-4 accent-(--accent)"
        />
        Private talks too
      </label>
      <p id={note} className="-mt-3 text-sm text-ink-3">
        Owners and admins see every imported thread, these too.
      </p>
    </div>
  );
}

const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toLocaleString(undefined, { maximumFractionDigits: 1 })} MB`;
