/** A person at a browser, in the words of what people do there. */
import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { type Complaints, hearComplaints } from './complaints.ts';
import { ACME, type Account } from './people.ts';

export interface NewThread {
  subject: string;
  with: readonly Account[];
  /** Teams, by name. */
  teams?: readonly string[];
  message?: string;
}

export class Person {
  readonly account: Account;
  readonly url: string;
  readonly context: BrowserContext;
  readonly complaints: Complaints;
  /** The tab in front. */
  page: Page;

  private constructor(account: Account, url: string, context: BrowserContext, page: Page) {
    this.account = account;
    this.url = url;
    this.context = context;
    this.page = page;
    this.complaints = hearComplaints(context);
  }

  /** Sits down at a browser, which is not signed in unless its profile is. */
  static async at(context: BrowserContext, { account, url }: { account: Account; url: string }): Promise<Person> {
    return new Person(account, url, context, context.pages()[0] ?? (await context.newPage()));
  }

  // Getting in

  async setUp(setUpUrl: string, organisation = ACME): Promise<void> {
    const { name, email, password } = this.account;
    await this.page.goto(setUpUrl);
    await this.page.getByLabel('Organisation').fill(organisation);
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Create organisation' }).click();
  }

  async signIn(password = this.account.password): Promise<void> {
    await this.page.goto(`${this.url}/sign-in`);
    await this.page.getByLabel('E-mail').fill(this.account.email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('link', { name: 'Settings' }).click();
    // What the page asks when it opens is answered: asked later it would be asked by nobody.
    await expect(this.page.getByRole('list', { name: 'Devices' })).toBeVisible();
    await this.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await expect(this.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  }

  /** Makes an invitation and gives its link. */
  async invite(account: Account): Promise<string> {
    await this.page.getByRole('link', { name: 'People' }).click();
    await this.page.getByRole('button', { name: 'Invite', exact: true }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('E-mail').fill(account.email);
    await dialog.getByRole('button', { name: 'Make link' }).click();
    const link = await this.page.getByLabel('Invitation link').inputValue();
    await this.page.getByRole('button', { name: 'Done' }).click();
    return link;
  }

  /** Opens a part of administration. */
  async administer(
    section: 'People' | 'Teams' | 'Partners' | 'Invitations' | 'Organisation' | 'Connections' | 'Import' | 'Audit log',
  ): Promise<void> {
    const parts = this.page.getByRole('navigation', { name: 'Administration' });
    if (!(await parts.isVisible())) {
      await this.page.getByRole('link', { name: 'People', exact: true }).filter({ visible: true }).click();
      await this.page.getByRole('link', { name: 'Manage' }).click();
    }
    await parts.getByRole('link', { name: section }).click();
  }

  async makeTeam(name: string, people: readonly Account[]): Promise<void> {
    await this.administer('Teams');
    await this.page.getByRole('button', { name: 'New team' }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    for (const person of people) await this.#pickForTeam(person);
    await dialog.getByRole('button', { name: 'Make team' }).click();
    await expect(this.page.getByRole('list', { name: 'Teams' })).toContainText(name);
  }

  async changeTeam(name: string, { add = [], remove = [] }: { add?: Account[]; remove?: Account[] }): Promise<void> {
    await this.administer('Teams');
    await this.page.getByRole('button', { name: `Edit ${name}` }).click();
    const dialog = this.page.getByRole('dialog');
    for (const person of add) await this.#pickForTeam(person);
    for (const person of remove) await dialog.getByRole('button', { name: `Remove ${person.name}` }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toHaveCount(0);
  }

  async #pickForTeam({ name }: Account): Promise<void> {
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'People of the team' }).fill(name.split(' ')[0] ?? name);
    await dialog.getByRole('option').filter({ hasText: name }).click();
  }

  async giveRole(member: Account, role: string): Promise<void> {
    await this.page.getByRole('button', { name: `Role of ${member.name}` }).click();
    await this.page.getByRole('menuitem', { name: role }).click();
    await expect(this.page.getByRole('button', { name: `Role of ${member.name}: ${role}` })).toBeVisible();
  }

  async acceptInvitation(link: string): Promise<void> {
    await this.page.goto(link);
    await this.page.getByLabel('Your name').fill(this.account.name);
    await this.page.getByLabel('Password', { exact: true }).fill(this.account.password);
    await this.page.getByRole('button', { name: 'Create account' }).click();
    await this.expectInside();
  }

  /** The list is usable, and the server has been heard. */
  async expectInside(): Promise<void> {
    await expect(this.page.getByRole('region', { name: 'Threads' })).toContainText('Everything is saved');
  }

  // Threads

  get threads(): Locator {
    return this.page.getByRole('list', { name: 'Threads' });
  }

  threadLink(subject: string): Locator {
    return this.threads.getByRole('link').filter({ hasText: subject });
  }

  async openThread(subject: string): Promise<void> {
    await this.threadLink(subject).click();
    await this.expectThread(subject);
  }

  async expectThread(subject: string): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
    await expect(this.composer).toBeVisible();
  }

  async startThread({ subject, with: others, teams = [], message = '' }: NewThread): Promise<void> {
    await this.page.getByRole('button', { name: 'New thread' }).first().click();
    await this.page.getByLabel('Subject').fill(subject);
    const picker = this.page.getByRole('combobox', { name: 'People' });
    for (const name of [...teams, ...others.map((other) => other.name)]) {
      await picker.fill(name.split(' ')[0] ?? name);
      await this.page.getByRole('option').filter({ hasText: name }).click();
    }
    await this.composer.fill(message);
    await this.submit();
    await this.expectThread(subject);
  }

  async expectUnread(subject: string, count: number): Promise<void> {
    const link = this.threadLink(subject);
    if (count === 0) await expect(link).not.toContainText('unread');
    else await expect(link).toContainText(`${count} unread`);
  }

  // Messages

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /message/i });
  }

  /** What is in the field is on the disk of this computer. */
  async expectDraftKept(text: string): Promise<void> {
    await expect.poll(() => this.page.evaluate(keptDrafts)).toContain(text);
  }

  get log(): Locator {
    return this.page.getByRole('feed', { name: 'Messages' });
  }

  /** The message that says this; what it replies to is quoted in a button and does not count. */
  message(text: string): Locator {
    const own = this.page.getByText(text, { exact: true }).and(this.page.locator(':not(button, button *)'));
    return this.log.getByRole('article').filter({ has: own });
  }

  /** Types at the caret, key by key. */
  async type(text: string): Promise<void> {
    await this.composer.focus();
    await this.page.keyboard.type(text);
  }

  /** Types, and has it sent at one of the usual times. */
  async sendLater(text: string, when: string): Promise<void> {
    await this.composer.fill(text);
    await this.page.getByRole('button', { name: 'Send later' }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: when }).click();
  }

  async expectTyped(text: string): Promise<void> {
    await expect(this.composer).toHaveValue(text);
  }

  /** Types and sends; resolves when the message stands in the log, sent or not. */
  async sendMessage(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.submit();
    await this.expectMessage(text);
  }

  /** Enter, or the button where Enter makes a new line. */
  async submit(): Promise<void> {
    if (await this.#touches())
      await this.page.getByRole('button', { name: /^(Send|Save|Start thread|Start external thread)$/ }).tap();
    else await this.composer.press('Enter');
  }

  async expectMessage(text: string): Promise<void> {
    await expect(this.message(text)).toHaveCount(1);
  }

  /** Those of the messages in sight that match `mark`, in their order: exactly these texts. */
  async expectMessagesInOrder(mark: RegExp, texts: readonly string[]): Promise<void> {
    const rows = this.log.getByRole('article').filter({ hasText: mark });
    await expect(rows).toHaveCount(texts.length);
    await expect(rows).toContainText([...texts]);
  }

  async replyTo(text: string, reply: string): Promise<void> {
    const row = this.message(text);
    await this.press(row, 'Reply');
    await this.sendMessage(reply);
  }

  /** Does what the menu of a message offers. */
  async chooseFromMenu(text: string, item: string): Promise<void> {
    await this.press(this.message(text), 'More actions');
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  async editMessage(text: string, next: string): Promise<void> {
    const row = this.message(text);
    await this.press(row, 'More actions');
    await this.page.getByRole('menuitem', { name: 'Edit' }).click();
    await this.page.getByRole('button', { name: 'Save' }).waitFor();
    await this.finishEdit(next);
  }

  async finishEdit(next: string): Promise<void> {
    await this.composer.fill(next);
    await this.submit();
    await this.expectMessage(next);
  }

  async deleteMessage(text: string): Promise<void> {
    const row = this.message(text);
    await this.press(row, 'More actions');
    await this.page.getByRole('menuitem', { name: 'Delete' }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(row).toHaveCount(0);
  }

  /** A phone has the board alone; elsewhere the usual ones are at hand. */
  async react(text: string, emoji: string): Promise<void> {
    const row = this.message(text);
    if (!(await this.#touches())) return this.press(row, `React with ${emoji}`);
    await this.press(row, 'React');
    await this.page.getByRole('dialog').getByRole('button', { name: emoji, exact: true }).click();
  }

  /**
   * Presses one of the buttons that a message has under the pointer. It may move away while its state changes; then the
   * pointer follows it.
   */
  async press(row: Locator, name: string): Promise<void> {
    const button = row
      .getByRole('toolbar', { name: /^(Message|Note) actions$/ })
      .getByRole('button', { name, exact: true });
    await expect(async () => {
      await this.#pointAt(row);
      await button.click({ timeout: 2_000 });
    }).toPass();
  }

  /** Brings out what can be done with a message: under the pointer, or with a tap where there is none. */
  async #pointAt(row: Locator): Promise<void> {
    // The words: what stands below them, such as who has read them, can be tapped for its own sake.
    if (await this.#touches()) await row.locator('[data-message-text]').tap({ position: { x: 2, y: 8 } });
    else await row.hover();
  }

  #touches(): Promise<boolean> {
    return this.page.evaluate(() => matchMedia('(pointer: coarse) and (hover: none)').matches);
  }

  /** For how long one's messages wait before they go out. */
  async chooseUndoTime(time: string): Promise<void> {
    await this.page.getByRole('link', { name: 'Settings' }).click();
    const choice = this.page.getByRole('radiogroup', { name: 'Undo send' }).getByRole('radio', { name: time });
    await choice.click();
    await expect(choice).toBeChecked();
    await this.expectStatus('Everything is saved');
  }

  /** The line below one's newest message: who has read it. */
  get receipts(): Locator {
    return this.log.getByRole('button', { name: 'List who has seen your last message' });
  }

  async switchReceipts(to: 'On' | 'Off'): Promise<void> {
    await this.page.getByRole('link', { name: 'Settings' }).click();
    const choice = this.page.getByRole('radiogroup', { name: 'Read receipts' }).getByRole('radio', { name: to });
    await choice.click();
    await expect(choice).toBeChecked();
    await this.expectStatus('Everything is saved');
  }

  async expectReaction(text: string, emoji: string, count: number): Promise<void> {
    await expect(this.message(text).getByRole('button', { name: new RegExp(`^${emoji} ${count}:`) })).toBeVisible();
  }

  async expectWaiting(text: string): Promise<void> {
    await expect(this.message(text)).toContainText('Waiting to send');
  }

  async expectSent(text: string): Promise<void> {
    await this.expectMessage(text);
    await expect(this.message(text)).not.toContainText('Waiting to send');
  }

  /** The line at the foot of the list. */
  async expectStatus(words: RegExp | string): Promise<void> {
    await expect(this.page.getByRole('region', { name: 'Threads' })).toContainText(words);
  }

  /** Says above the page that there is no connection, in these words. */
  async expectBanner(words: string): Promise<void> {
    await expect(this.#banner(words)).toHaveCount(1);
  }

  async expectNoBanner(): Promise<void> {
    await expect(this.#banner(/You are offline|This network wants|The server cannot be reached/)).toHaveCount(0);
  }

  /** A phone has its banner above the list, a desk above the page; one of them is in sight. */
  #banner(words: string | RegExp): Locator {
    return this.page.getByText(words).filter({ visible: true });
  }

  // Network and tabs

  async goOffline(): Promise<void> {
    this.complaints.expectDisturbance();
    await this.context.setOffline(true);
  }

  async goOnline(): Promise<void> {
    await this.context.setOffline(false);
  }

  /** Closes the tab in front as a browser does when it is quit: the page is not asked. */
  async closeTab(): Promise<void> {
    const others = this.context.pages().filter((page) => page !== this.page);
    await this.page.close({ runBeforeUnload: false });
    const [next] = others;
    if (next) this.page = next;
  }

  async openTab(path = '/'): Promise<Page> {
    this.page = await this.context.newPage();
    await this.page.goto(`${this.url}${path}`);
    return this.page;
  }

  /** Takes the network away from one tab alone. @returns how to give it back */
  async cutTab(tab: Page): Promise<() => Promise<void>> {
    this.complaints.expectDisturbance();
    const session = await this.context.newCDPSession(tab);
    const none = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { ...none, offline: true });
    return async () => {
      await session.send('Network.emulateNetworkConditions', { ...none, offline: false });
      await session.detach();
    };
  }

  /** What the browser calls the tab that talks to the server. */
  leader(): Promise<string | undefined> {
    return this.page.evaluate(async () => {
      const { held = [] } = await navigator.locks.query();
      return held.find(({ name }) => name?.startsWith('parley-leader-'))?.clientId;
    });
  }

  /**
   * Stops the script of a tab wherever it is next, as a frozen tab's: its lock and its socket stay. The browser's own
   * switch for this leaves a tab running that it takes for being in sight.
   * @returns how to thaw it
   */
  async freeze(tab: Page): Promise<() => Promise<void>> {
    const session = await this.context.newCDPSession(tab);
    const frozen = new Promise<void>((resolve) => session.once('Debugger.paused', () => resolve()));
    await session.send('Debugger.enable');
    await session.send('Debugger.pause');
    await frozen;
    return async () => {
      await session.send('Debugger.resume');
      await session.detach();
    };
  }

  /** The service worker has taken the page's files in: from now on it starts without a network. */
  async expectInstalled(): Promise<void> {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
  }

  /** What the page does by itself every hour, and whenever it comes to the front. */
  async lookForRelease(): Promise<void> {
    await this.page.evaluate(async () => {
      await (await navigator.serviceWorker.getRegistration())?.update();
    });
  }

  /** Quits the browser. */
  async leave(): Promise<void> {
    await this.context.close();
  }

  /** Deletes databases under the feet of every page, as a browser does that needs their room. */
  async deleteDatabases(those: RegExp): Promise<void> {
    const names = (await this.databases()).filter((name) => those.test(name));
    expect(names).not.toEqual([]);
    await this.page.evaluate(deleteAll, names);
  }

  /** Leaves this site no room on the disk. Gives it back when the answer is called. */
  async takeRoom(): Promise<() => Promise<void>> {
    const devTools = await this.context.newCDPSession(this.page);
    const { origin } = new URL(this.url);
    await devTools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    return async () => {
      await devTools.send('Storage.overrideQuotaForOrigin', { origin });
    };
  }

  /** The tab in front dies, and is closed. */
  async crash(): Promise<void> {
    const page = this.page;
    const devTools = await this.context.newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    // The answer dies with the page.
    devTools.send('Page.crash').catch(() => undefined);
    await crashed;
    await page.close();
  }

  /** Everything in the copies of the server's rows that this browser holds, as one text. */
  cachedRows(): Promise<string> {
    return this.page.evaluate(async () => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.addEventListener('success', () => resolve(request.result));
          request.addEventListener('error', () => reject(request.error ?? new Error('The disk refused.')));
        });
      const held: unknown[] = [];
      for (const { name = '' } of await indexedDB.databases()) {
        if (!name.startsWith('parley-cache-')) continue;
        const database = await done(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
          held.push(await done(database.transaction(store).objectStore(store).getAll()));
        }
        database.close();
      }
      return JSON.stringify(held);
    });
  }

  /** Whose page the tab in front is. */
  personId(): Promise<string> {
    return this.page.evaluate(() => sessionStorage.getItem('parley.person') ?? '');
  }

  /** Databases that this browser holds for the installation. */
  databases(): Promise<string[]> {
    return this.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''));
  }
}

/** Texts of the drafts on disk; runs in the page. */
async function keptDrafts(): Promise<string[]> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error ?? new Error('The disk refused.')));
    });
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name?.startsWith('parley-outbox-') ? [name] : []));
  const texts: string[] = [];
  for (const name of names) {
    const database = await done(indexedDB.open(name));
    const all = <T>(store: string): Promise<T[]> => done(database.transaction(store).objectStore(store).getAll());
    texts.push(...(await all<{ text: string }>('drafts')).map((draft) => draft.text));
    // After a moment of silence it waits for the server, or has come back from there.
    texts.push(...(await all<{ args: { text?: string } | null }>('items')).map(({ args }) => args?.text ?? ''));
    database.close();
  }
  for (const { name = '' } of await indexedDB.databases()) {
    if (!name.startsWith('parley-cache-')) continue;
    const database = await done(indexedDB.open(name));
    const rows = database.transaction('rows').objectStore('rows').index('table');
    const drafts: { data: { text: string } }[] = await done(rows.getAll('draft'));
    texts.push(...drafts.map(({ data }) => data.text));
    database.close();
  }
  return texts;
}

/** Runs in the page. */
async function deleteAll(names: readonly string[]): Promise<void> {
  for (const name of names) {
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.addEventListener('success', () => resolve());
      request.addEventListener('error', () => reject(request.error ?? new Error(name)));
    });
  }
}
