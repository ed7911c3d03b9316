import { announce, Button, Dialog } from '@parley/ui';
import { Copy, Download } from 'lucide-react';
import { saveText } from './save-text.ts';

/** Shown once: the server keeps nothing that they could be made of again. */
export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const text = codes.join('\n');
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    announce('Copied');
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Your recovery codes"
      description="Each signs you in once when your phone is not at hand. Keep them where you keep what matters: they are not shown again."
      actions={
        <>
          <Button icon={<Copy size={15} aria-hidden />} onClick={() => void copy()}>
            Copy
          </Button>
          <Button
            icon={<Download size={15} aria-hidden />}
            onClick={() => saveText(`${text}\n`, { name: 'parley-recovery-codes.txt', type: 'text/plain' })}
          >
            Save as file
          </Button>
          <Button look="primary" onClick={onClose}>
            I have kept them
          </Button>
        </>
      }
    >
      <ul aria-label="Recovery codes" className="flex flex-col gap-2 rounded-lg border border-line bg-paper px-4 py-3">
        {codes.map((code) => (
          <li key={code}>
            <code className="text-base text-ink">{code}</code>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
