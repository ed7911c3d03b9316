import { emojiFromSlackName } from './emoji.ts';

/** How the names inside a text of Slack are understood. */
export interface MrkdwnContext {
  /** The person behind a user id of Slack. Whoever is not in the export is still somebody. */
  readonly personId: (slackUserId: string) => string;
  readonly personName: (slackUserId: string) => string;
  readonly channelName: (slackChannelId: string) => string | undefined;
}

/**
 * Turns Slack's mrkdwn into Markdown that shows what Slack showed: its own marks become Markdown's, and characters
 * that only Markdown takes for marks are escaped. Code is never touched. Mentions become `<@PERSON>`.
 */
export function mrkdwnToMarkdown(text: string, context: MrkdwnContext): string {
  const clean = text.replaceAll('\r\n', '\n').replace(RESERVED, '').toWellFormed();
  const parts: string[] = [];
  let quoting = false;
  // Every odd piece is the inside of a fence.
  for (const [index, piece] of clean.split(FENCE).entries()) {
    if (index % 2 === 1) {
      const block = fencedBlock(plainCode(piece, context));
      parts.push(quoting ? prefixLines(block) : block);
      continue;
    }
    if (piece.trim() === '' && clean.trim() !== '') continue;
    const afterFence = index > 0 ? piece.replace(/^[ \t]*\n?/, '') : piece;
    const converted = proseToMarkdown(afterFence.trimEnd(), context, quoting);
    quoting = converted.quoting;
    parts.push(converted.markdown);
  }
  return parts.join('\n').trimEnd().replace(/^\n+/, '');
}

const FENCE = /```([\s\S]+?)```(?!`)/;
const WORD = String.raw`[\p{L}\p{N}]`;

/** Control characters stand for finished pieces and for Slack's marks while the text around them is escaped. */
const FINISHED = '\u0000';
const BOLD = '\u0001';
const ITALIC = '\u0002';
const STRIKE = '\u0003';
// oxlint-disable-next-line no-control-regex -- these four are taken by the marks above
const RESERVED = /[\u0000-\u0003]/g;
const MARKDOWN_OF_MARK: Readonly<Record<string, string>> = { [BOLD]: '**', [ITALIC]: '_', [STRIKE]: '~~' };

const MARKS = [
  { mark: BOLD, pattern: spanPattern('\\*') },
  { mark: ITALIC, pattern: spanPattern('_') },
  { mark: STRIKE, pattern: spanPattern('~') },
] as const;

/** Slack's rule: at the edges of words, something in between, on one line. */
function spanPattern(sign: string): RegExp {
  return new RegExp(
    `(?<!${WORD}|${sign})${sign}(?=[^\\s${sign}])([^${sign}\\n]*)(?<=\\S)${sign}(?!${WORD}|${sign})`,
    'gu',
  );
}

const PIECES = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}_:]):([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):(?![\p{L}\p{N}_])/gu;

function proseToMarkdown(
  prose: string,
  context: MrkdwnContext,
  quotingBefore: boolean,
): { markdown: string; quoting: boolean } {
  const finished: string[] = [];
  const finish = (markdown: string): string => {
    finished.push(markdown);
    return FINISHED;
  };
  const withPieces = prose.replace(
    PIECES,
    (whole: string, code: string | undefined, control: string | undefined, emoji = '', at = 0) => {
      if (code !== undefined) return finish(`\`${plainCode(code, context)}\``);
      const markdown = control === undefined ? emojiInProse(emoji, prose, at) : controlToMarkdown(control, context);
      return markdown === undefined ? whole : finish(markdown);
    },
  );

  const typedLines = withPieces.split('\n');
  const lastLineWith = new Map(
    ['*', '_', '~'].map((sign) => [sign, typedLines.findLastIndex((l) => l.includes(sign))]),
  );
  const lines: string[] = [];
  let quoting = quotingBefore;
  let quotedBefore = quotingBefore;
  for (const [index, line] of typedLines.entries()) {
    const [, opener, rest] = /^((?:&gt;){3}|&gt;) ?(.*)$/.exec(line) ?? [];
    if (opener === '&gt;&gt;&gt;') quoting = true;
    const quoted = quoting || opener !== undefined;
    // Without an empty line Markdown would carry the quote on.
    if (quotedBefore && !quoted && line.trim() !== '') lines.push('');
    const comesAgain = (sign: string) => (lastLineWith.get(sign) ?? -1) > index;
    const markdown = lineToMarkdown(rest ?? line, comesAgain);
    lines.push(quoted ? `> ${markdown}`.trimEnd() : markdown);
    quotedBefore = quoted;
  }
  let next = 0;
  const markdown = lines.join('\n').replaceAll(FINISHED, () => finished[next++] ?? '');
  return { markdown, quoting };
}

/** `:100:` is an emoji only where it stands alone: `main.rkt:100:5` is a place in a file. */
function emojiInProse(name: string, prose: string, at: number): string | undefined {
  const alone = /^(^|\s):\d+:(\s|$)/.test(prose.slice(Math.max(0, at - 1), at + name.length + 3));
  return /^\d+$/.test(name) && !(alone || at === 0) ? undefined : emojiFromSlackName(name);
}

function lineToMarkdown(line: string, comesAgain: (sign: string) => boolean): string {
  let marked = unescapeEntities(line);
  for (const { mark, pattern } of MARKS) {
    marked = marked.replace(pattern, (_whole, inside: string) => `${mark}${inside}${mark}`);
  }
  // oxlint-disable-next-line no-control-regex -- the marks set above
  return escapeLine(marked, comesAgain).replace(/[\u0001-\u0003]/g, (mark) => MARKDOWN_OF_MARK[mark] ?? '');
}

/** Lines that Markdown takes for headings, rules, underlines of headings, tables or fences. */
function startsBlock(body: string): boolean {
  return /^(?:#{1,6}(?=\s|$)|~~~)/.test(body) || (/^[\s|:=_*-]+$/.test(body) && /[=_*-]/.test(body));
}

function escapeLine(line: string, comesAgain: (sign: string) => boolean): string {
  // Four spaces would start a block of code.
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const columns = indent.replaceAll('\t', '    ').length;
  const body = line.slice(indent.length);
  const kept = columns >= 4 ? '\u00a0'.repeat(columns) : indent;
  const first = startsBlock(body) ? 1 : 0;
  const rest = body
    .slice(first)
    .replace(/[\\`*_~<&[]/g, (sign: string, at: number) =>
      mustEscape(body, at + first, comesAgain) ? escapeSign(body, at + first) : sign,
    );
  return kept + (first === 1 ? `\\${body.charAt(0)}` : '') + rest;
}

function escapeSign(text: string, at: number): string {
  // The mark of a mention is also looked for in the raw text, so it is broken up and not only escaped.
  return text.startsWith('<@', at) ? '<\\' : `\\${text.charAt(at)}`;
}

function mustEscape(text: string, at: number, comesAgain: (sign: string) => boolean): boolean {
  const sign = text.charAt(at);
  const after = text.slice(at + 1, at + 60);
  switch (sign) {
    case '\\':
      return after === '' || /^[!-/:-@[-`{-~\u0000-\u0003]/.test(after);
    case '`':
      return true;
    case '<':
      return /^[a-z/!?@]/i.test(after);
    case '&':
      return /^#?[a-z0-9]+;/i.test(after);
    case '[':
      return /^[^\]]*\][(:[]/.test(text.slice(at + 1, at + 1000));
    case '_':
      if (/[\p{L}\p{N}]/u.test(text.charAt(at - 1)) && /^_*[\p{L}\p{N}]/u.test(after)) return false;
      break;
  }
  // Only a sign that touches what follows can open a span; where none can open, none is closed.
  return /^\S/.test(after) && (text.includes(sign, at + 1) || comesAgain(sign));
}

/** `<…>` of Slack, without the angles; `undefined` where it is no mark of Slack but typed text. */
function controlToMarkdown(control: string, context: MrkdwnContext): string | undefined {
  const bar = control.indexOf('|');
  const target = bar < 0 ? control : control.slice(0, bar);
  const label = bar < 0 ? '' : unescapeEntities(control.slice(bar + 1));
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return `<@${context.personId(target.slice(1))}>`;
  if (/^#[CGD][A-Z0-9]+$/.test(target)) {
    return `#${escapeLabel(label || context.channelName(target.slice(1)) || target.slice(1))}`;
  }
  if (target.startsWith('!')) return escapeLabel(specialMention(target.slice(1), label));
  return linkToMarkdown(unescapeEntities(target), label);
}

function specialMention(target: string, label: string): string {
  if (/^(here|channel|everyone|group)$/.test(target)) return '@all';
  if (label !== '') return label;
  return target.startsWith('subteam^') ? '@group' : `@${target}`;
}

function linkToMarkdown(target: string, label: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
  if (!/^(https?:\/\/|mailto:|tel:)\S/i.test(target))
    return escapeLabel(label === '' ? target : `${label} (${target})`);
  const address = target.replace(/[\s<>\\]/g, (character) => encodeURIComponent(character));
  const bare = address.replace(/^mailto:/i, '');
  if (label === '' || label === target || label === bare) {
    return /^(https?:|tel:)/i.test(address) ? `<${address}>` : `<${bare}>`;
  }
  return `[${escapeLabel(label)}](${/[()]/.test(address) ? `<${address}>` : address})`;
}

function escapeLabel(label: string): string {
  return label.replace(/[\\`*_~<>&[\]]/g, '\\$&');
}

/** Escapes plain text (names of files, titles) so that Markdown shows it as it is, on one line. */
export function plainToMarkdown(text: string): string {
  return escapeLabel(text.replace(RESERVED, '').replace(/\s+/g, ' ').trim().toWellFormed());
}

function plainCode(code: string, context: MrkdwnContext): string {
  const withoutControls = code.replace(/<([^<>\n]+)>/g, (whole: string, control: string) => {
    const bar = control.indexOf('|');
    const target = bar < 0 ? control : control.slice(0, bar);
    const label = bar < 0 ? '' : control.slice(bar + 1);
    if (/^@[UWB][A-Z0-9]+$/.test(target)) return `@${context.personName(target.slice(1))}`;
    if (/^#[CGD][A-Z0-9]+$/.test(target)) return `#${label || context.channelName(target.slice(1)) || target.slice(1)}`;
    if (/^!(here|channel|everyone)$/.test(target)) return `@${target.slice(1)}`;
    return /^(https?:\/\/|mailto:|tel:)/i.test(target) ? label || target : whole;
  });
  return unescapeEntities(withoutControls);
}

function fencedBlock(code: string): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${code.replace(/^\n/, '').replace(/\n$/, '')}\n${fence}`;
}

function prefixLines(block: string): string {
  return block.replace(/^/gm, '> ');
}

function unescapeEntities(text: string): string {
  return text.replace(/&(lt|gt|amp);/g, (_whole, name: string) => (name === 'lt' ? '<' : name === 'gt' ? '>' : '&'));
}
