import { expect } from '@playwright/test';
import type { Person } from './person.ts';

export interface InVain {
  writer: Person;
  /** Starts the thread, and takes the writer out of it meanwhile. */
  remover: Person;
  subject: string;
  text: string;
}

/** Somebody writes without a network into a thread that they are taken out of; then the network comes back. */
export async function writeInVain({ writer, remover, subject, text }: InVain): Promise<void> {
  await remover.startThread({ subject, with: [writer.account], message: 'For the two of us' });
  await writer.openThread(subject);
  await writer.expectMessage('For the two of us');
  await writer.goOffline();
  await writer.sendMessage(text);
  await remover.page.getByRole('button', { name: 'Details' }).click();
  await remover.page.getByRole('button', { name: `Remove ${writer.account.name}` }).click();
  await remover.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(remover.page.getByRole('list', { name: 'People in this thread' })).not.toContainText(
    writer.account.name,
  );
  await remover.expectStatus('Everything is saved');
  await writer.goOnline();
}
