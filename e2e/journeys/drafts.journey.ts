import { aSubject, expect, signedIn, test } from '../journey.ts';
import { ALICE, BOB } from '../people.ts';

test('what was typed on two devices without a network becomes one draft, and is gone from both once it is sent', async ({
  alice: desk,
  visit,
}) => {
  const subject = aSubject('Customs papers');
  const other = aSubject('Canteen');
  await desk.startThread({ subject: other, with: [BOB], message: 'Soup today.' });
  await desk.startThread({ subject, with: [BOB], message: 'The papers are here.' });
  await desk.type('Dear all, thanks');
  const phone = await signedIn(await visit(ALICE));
  await phone.openThread(subject);
  await phone.expectTyped('Dear all, thanks');

  await desk.goOffline();
  await phone.goOffline();
  await desk.expectBanner('You are offline.');
  await phone.expectBanner('You are offline.');
  await desk.type(', see the second page');
  await phone.page.keyboard.press('Home');
  await phone.type('Hello. ');
  await phone.openThread(other);
  await expect(phone.threadLink(subject)).toContainText('Draft: Hello. Dear all, thanks');
  await phone.openThread(subject);
  await phone.expectTyped('Hello. Dear all, thanks');

  await phone.goOnline();
  await desk.goOnline();
  await desk.expectTyped('Hello. Dear all, thanks, see the second page');
  await phone.expectTyped('Hello. Dear all, thanks, see the second page');

  // The caret is still where it was.
  await desk.type('!');
  await phone.expectTyped('Hello. Dear all, thanks, see the second page!');
  await desk.submit();
  await desk.expectMessage('Hello. Dear all, thanks, see the second page!');
  await phone.expectMessage('Hello. Dear all, thanks, see the second page!');
  await phone.expectTyped('');
  await desk.openThread(other);
  await expect(desk.threadLink(subject)).not.toContainText('Draft');
});
