import { Button } from '@parley/ui';
import { QuietPage } from './quiet-page.tsx';

export interface OtherAccountPageProps {
  /** Whose page this was. */
  name: string;
  /** Who signed in elsewhere in this browser. */
  otherName: string;
  onGoOn: () => void;
}

/** Another tab signed somebody else in: this one shows and sends nothing more, and loses nothing. */
export function OtherAccountPage({ name, otherName, onGoOn }: OtherAccountPageProps) {
  return (
    <QuietPage
      title={`${otherName} is signed in now`}
      action={
        <Button look="primary" onClick={onGoOn}>
          Go on as {otherName}
        </Button>
      }
    >
      This tab belongs to {name}. What {name} wrote is kept on this device, and nothing of it was sent as {otherName}.
      It goes out by itself as soon as {name} signs in here again.
    </QuietPage>
  );
}
