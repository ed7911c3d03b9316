import { UNTIL_TURNED_OFF } from '@parley/core/do-not-disturb';
import { Button, Menu } from '@parley/ui';
import { momentWords } from '../messages/schedule-times.ts';
import { Setting } from '../shell/setting.tsx';
import { useDoNotDisturb } from './use-do-not-disturb.ts';

/** Whether a person wants to be left alone, and until when. */
export function DoNotDisturbSetting() {
  const { until, choices, end } = useDoNotDisturb();
  return (
    <Setting title="Do not disturb" note={noteOf(until)}>
      {until === null ? (
        <Menu
          label="Do not disturb"
          align="end"
          items={choices.map(({ words, choose }) => ({ label: capital(words), onSelect: choose }))}
          trigger={(trigger) => <Button {...trigger}>Choose how long</Button>}
        />
      ) : (
        <Button onClick={end}>End it now</Button>
      )}
    </Setting>
  );
}

function noteOf(until: number | null): string {
  if (until === null) return 'Others see that you want to be left alone.';
  return until === UNTIL_TURNED_OFF ? 'On until you end it.' : `On until ${momentWords(until)}.`;
}

const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);
