import { openGateway } from '../gateway.ts';
import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';

test('[VER6] [CONN7] a network that answers everything with a page of its own is no server: all is kept, nothing of it remembered', async ({
  installation,
  visit,
  bob,
}) => {
  await using gateway = await openGateway(installation.url);
  const subject = aSubject('From the train');
  const alice = await signedIn(await visit(ALICE, { url: gateway.url }));
  await alice.startThread({ subject, with: [BOB], message: 'Leaving now' });
  await alice.expectSent('Leaving now');
  await alice.expectInstalled();

  alice.complaints.expectDisturbance();
  gateway.portal(true);
  await alice.expectBanner('This network wants you to sign in to it first.');
  await alice.expectStatus('sign in to this network');
  await alice.sendMessage('Written in the tunnel');
  await alice.expectWaiting('Written in the tunnel');
  await alice.composer.fill('And half a sentence');
  await alice.expectDraftKept('And half a sentence');
  await alice.lookForRelease().catch(() => undefined);

  await alice.page.reload();
  await alice.openThread(subject);
  await alice.expectWaiting('Written in the tunnel');
  await expect(alice.composer).toHaveValue('And half a sentence');
  await expect(alice.page.getByText('Free WiFi')).toHaveCount(0);
  expect(gateway.portalAnswers).toContainEqual(expect.stringMatching(/^UPGRADE \/trpc/));
  expect(gateway.portalAnswers).toContainEqual('GET /service-worker.js');
  // A face that nobody has needed yet is asked for now, and is no face.
  await alice.page.evaluate(async () => {
    await fetch('/assets/nobody-has-this-face.woff2');
  });
  expect(gateway.portalAnswers).toContainEqual('GET /assets/nobody-has-this-face.woff2');
  expect(await alice.page.evaluate(rememberedPages)).toEqual([]);

  gateway.portal(false);
  await alice.expectSent('Written in the tunnel');
  await alice.expectStatus('Everything is saved');
  await expect(alice.composer).toHaveValue('And half a sentence');
  await bob.openThread(subject);
  await bob.expectMessagesInOrder(/./, ['Leaving now', 'Written in the tunnel']);
  await alice.leave();
});

/** What the caches of the page hold of the network's own page; runs in the page. */
async function rememberedPages(): Promise<string[]> {
  const found: string[] = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const text = await (await cache.match(request))?.text();
      if (text?.includes('Free WiFi')) found.push(request.url);
    }
  }
  return found;
}
