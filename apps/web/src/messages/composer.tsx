import { announce, Button, classNames, IconButton } from '@parley/ui';
import { MESSAGE_LENGTH } from '@parley/core/text';
import { CornerDownLeft, Eye, Lock, X } from 'lucide-react';
import {
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  type SyntheticEvent,
} from 'react';
import { ScheduleMenu } from './schedule-menu.tsx';
import { MentionList } from './mention-list.tsx';
import { matchPeople, mentionAt, mentionNames, mentionsToStored, type Mentionable } from './mentions.ts';

export interface ComposerHandle {
  focus(): void;
  /** Puts text back that was not sent, before what has been typed since. Returns what the field holds now. */
  giveBack(text: string): string;
  /** What stands in the field, where the caret is, and whether an input method is at work. */
  read(): { text: string; start: number; end: number; composing: boolean };
  /** Shows what came from elsewhere, with the caret where it belongs. */
  show(text: string, start: number, end: number): void;
  /** Adds text as a paragraph of its own at the end, to be written on from there. */
  append(text: string): void;
}

export interface ComposerProps {
  /** Names the field: "Message to Berlin depot rota". */
  label: string;
  placeholder: string;
  /** What was typed here before, as typed. */
  initialText: string;
  /** Told of every change, as typed. */
  onChange: (text: string) => void;
  /**
   * Takes the text, as stored. What it throws is shown, and the text comes back into the field.
   * @throws anything with a `message` for the person
   */
  onSend: (text: string) => Promise<void>;
  /** What is to be confirmed before a text, as stored, goes out. */
  confirm?: ((text: string) => readonly string[]) | undefined;
  onPaste?: ((data: DataTransfer) => void) | undefined;
  /** Has the text sent later, at a moment in milliseconds since 1970. */
  onSchedule?: ((text: string, at: number) => Promise<void>) | undefined;
  /** Who can be mentioned. */
  people: readonly Mentionable[];
  /** Who will read this. */
  reads: ReactNode;
  /** Where it can be chosen who reads this. */
  audience?: ReactNode;
  /** What is written stays inside. */
  isNote?: boolean;
  sendLabel?: string;
  /** Sends without text too, as a thread can be started without a message. */
  mayBeEmpty?: boolean;
  /** What is being edited or replied to; Escape leaves it. */
  about?: { title: string; excerpt: string; onLeave: () => void } | undefined;
  /** ↑ in the empty field. */
  onEditLast?: (() => void) | undefined;
  /** The field was left, or an input method has finished. */
  onRest?: (() => void) | undefined;
  autoFocus?: boolean;
  ref?: Ref<ComposerHandle> | undefined;
}

const MENTIONS_SHOWN = 8;
/** The counter comes into sight with this much left. */
const NEAR = 1_000;
const growsByItself = CSS.supports('field-sizing', 'content');

/** Where a message is written. Never disabled; what it holds is never lost. */
export function Composer(props: ComposerProps) {
  const {
    label,
    placeholder,
    initialText,
    onChange,
    onSend,
    people,
    reads,
    audience,
    isNote = false,
    about,
    onEditLast,
    onRest,
    onSchedule,
    confirm,
    onPaste,
    ref,
  } = props;
  const { sendLabel = 'Send', mayBeEmpty = false, autoFocus = false } = props;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(initialText);
  /** The same before it is drawn. */
  const held = useRef(initialText);
  const [problem, setProblem] = useState<string | null>(null);
  /** What was asked before this text goes out by `deliver`: to send once more is to say yes. */
  const [asked, setAsked] = useState<{ words: readonly string[]; deliver: typeof onSend } | null>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [picked, setPicked] = useState(0);
  const composing = useRef(false);
  const places = useRef<{ start: number; end: number } | null>(null);
  const names = useMemo(() => mentionNames(people), [people]);
  const mention = caret === null ? null : mentionAt(text, caret);
  const candidates = useMemo(
    () => people.map((one) => ({ ...one, name: names.get(one.id) ?? one.name })),
    [people, names],
  );
  const found = mention === null ? [] : matchPeople(candidates, mention.query, MENTIONS_SHOWN);
  const choice = found[Math.min(picked, found.length - 1)];

  const length = text.length < MESSAGE_LENGTH / 3 ? text.length : mentionsToStored(text, names).length;
  const over = length - MESSAGE_LENGTH;

  const put = (next: string) => {
    held.current = next;
    setText(next);
    setAsked(null);
  };
  const write = (next: string) => {
    put(next);
    onChange(next);
  };
  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    giveBack(given) {
      const now = field.current?.value ?? text;
      const next = now.trim() === '' ? given : `${given}\n\n${now}`;
      write(next);
      field.current?.focus();
      return next;
    },
    read() {
      const { value = '', selectionStart = 0, selectionEnd = 0 } = field.current ?? {};
      return { text: value, start: selectionStart, end: selectionEnd, composing: composing.current };
    },
    show(next, start, end) {
      places.current = { start, end };
      put(next);
    },
    append(added) {
      const now = (field.current?.value ?? text).trimEnd();
      write(now === '' ? added : `${now}\n\n${added}`);
      requestAnimationFrame(() => {
        const element = field.current;
        element?.focus();
        element?.setSelectionRange(element.value.length, element.value.length);
        element?.scrollTo({ top: element.scrollHeight });
      });
    },
  }));

  useLayoutEffect(() => {
    const [element, shown] = [field.current, places.current];
    places.current = null;
    // Where it is not in use, setting the caret would take the focus in some browsers.
    if (shown && element !== null && document.activeElement === element) {
      element.setSelectionRange(shown.start, shown.end);
    }
  }, [text]);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null || growsByItself) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
  useLayoutEffect(() => {
    const element = field.current;
    if (!autoFocus || element === null) return;
    element.focus({ preventScroll: true });
    element.setSelectionRange(element.value.length, element.value.length);
  }, [autoFocus]);

  const send = async (deliver = asked?.deliver ?? onSend) => {
    if (over > 0) return setProblem('Too long to send. Shorten it, or send it in parts.');
    const typed = text;
    if (typed.trim() === '' && !mayBeEmpty) return;
    const stored = mentionsToStored(typed.trim(), names);
    const words = asked === null ? (confirm?.(stored) ?? []) : [];
    if (words.length > 0) {
      announce(`${words.join(' ')} Enter again goes on, Escape goes back to the text.`);
      return setAsked({ words, deliver });
    }
    put('');
    setProblem(null);
    setCaret(null);
    try {
      await deliver(stored);
    } catch (error) {
      const reason =
        error instanceof Error && error.name === 'Refusal' ? error.message : 'This device could not keep it.';
      setProblem(`Not sent: ${reason} Your text is still here.`);
      const now = held.current;
      write(now.trim() === '' ? typed : `${typed}\n\n${now}`);
    }
  };

  const insert = (person: { name: string }) => {
    const element = field.current;
    if (element === null || mention === null) return;
    element.setRangeText(`@${person.name} `, mention.start, caret ?? element.selectionEnd, 'end');
    write(element.value);
    setCaret(element.selectionEnd);
    setPicked(0);
    element.focus();
  };

  const goBack = (event: SyntheticEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setAsked(null);
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Enter, arrows and Escape belong to the input method while it composes; 229 is how Safari says so.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (choice !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      if (event.key === 'ArrowDown') setPicked((at) => (Math.min(at, found.length - 1) + 1) % found.length);
      else if (event.key === 'ArrowUp') setPicked((at) => (at - 1 + found.length) % found.length);
      else if (event.key === 'Enter' || event.key === 'Tab') insert(choice);
      else if (event.key === 'Escape') setCaret(null);
      else return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey && !writesWithThumbs()) {
      event.preventDefault();
      // A key held down says yes to nothing.
      if (asked === null || !event.repeat) void send();
    } else if (event.key === 'Escape' && asked !== null) {
      goBack(event);
    } else if (event.key === 'Escape' && about !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      about.onLeave();
    } else if (event.key === 'ArrowUp' && text === '' && onEditLast !== undefined && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      onEditLast();
    }
  };

  const near = over > -NEAR;
  const Icon = isNote ? Lock : Eye;
  return (
    <form
      className={classNames(
        'relative mx-4 mb-3.5 rounded-xl border shadow-float has-[textarea:focus-visible]:border-accent max-desk:mx-2 max-desk:mb-[max(0.5rem,env(safe-area-inset-bottom))]',
        isNote ? 'border-note-line bg-note' : 'border-edge bg-sheet',
      )}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {found.length > 0 ? (
        <MentionList id={`${id}-people`} people={found} picked={choice?.id ?? ''} onPick={insert} />
      ) : null}
      {asked === null ? null : (
        <div
          role="group"
          aria-label="Before this goes out"
          onKeyDown={(event) => {
            if (event.key === 'Escape') goBack(event);
          }}
          className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-t-xl border-b border-line bg-outside-soft px-3.5 py-2.5 text-sm text-outside"
        >
          <div id={`${id}-asked`} className="min-w-0 flex-1 basis-70">
            {asked.words.map((words) => (
              <p key={words}>{words}</p>
            ))}
          </div>
          <span className="ml-auto flex gap-2">
            <Button size="small" onMouseDown={(event) => event.preventDefault()} onClick={goBack}>
              Back to the text
            </Button>
            <Button size="small" look="primary" type="submit" onMouseDown={(event) => event.preventDefault()}>
              {sendLabel} anyway
            </Button>
          </span>
        </div>
      )}
      <div
        className={classNames(
          'flex min-h-9 items-center gap-2 border-b px-3.5 py-1 text-sm',
          isNote ? 'border-note-line font-[550] text-note-ink' : 'border-line text-ink-2',
          about === undefined && audience !== undefined && 'pr-1.5',
        )}
      >
        {about === undefined ? (
          <>
            <Icon size={14} aria-hidden className="shrink-0" />
            <span
              id={`${id}-reads`}
              className={classNames('min-w-0 flex-1', audience === undefined ? 'truncate' : 'line-clamp-3')}
            >
              {reads}
            </span>
            {audience}
          </>
        ) : (
          <>
            <span id={`${id}-reads`} className="flex min-w-0 flex-1 gap-2">
              <b className="shrink-0 font-semibold text-accent">{about.title}</b>
              <span className="truncate">{about.excerpt}</span>
            </span>
            <IconButton label="Leave" shortcut="Esc" size="small" onClick={about.onLeave}>
              <X size={15} />
            </IconButton>
          </>
        )}
      </div>
      <textarea
        ref={field}
        value={text}
        aria-label={label}
        aria-describedby={`${id}-reads ${id}-problem${asked === null ? '' : ` ${id}-asked`}`}
        aria-invalid={over > 0 ? true : undefined}
        aria-autocomplete="list"
        aria-controls={found.length > 0 ? `${id}-people` : undefined}
        aria-activedescendant={choice === undefined ? undefined : `${id}-people-${choice.id}`}
        placeholder={placeholder}
        rows={1}
        enterKeyHint={writesWithThumbs() ? 'enter' : 'send'}
        className="block max-h-[40dvh] min-h-11 w-full resize-none overflow-y-auto bg-transparent px-3.5 py-2.5 text-[0.875rem] outline-none [field-sizing:content] placeholder:text-ink-3 max-desk:text-[1rem]"
        onChange={({ target }) => {
          write(target.value);
          setCaret(target.selectionStart === target.selectionEnd ? target.selectionEnd : null);
          setPicked(0);
          setProblem(null);
        }}
        onSelect={({ currentTarget }) => {
          if (caret !== null) setCaret(currentTarget.selectionEnd);
        }}
        onPaste={({ clipboardData }) => onPaste?.(clipboardData)}
        onCompositionStart={() => {
          composing.current = true;
        }}
        onCompositionEnd={() => {
          composing.current = false;
          // Not before the text itself has been heard.
          setTimeout(() => onRest?.(), 0);
        }}
        onBlur={() => {
          setCaret(null);
          onRest?.();
        }}
        onKeyDown={onKeyDown}
      />
      <div className="flex min-h-10 items-center gap-2 pr-2 pb-2 pl-3.5">
        <p
          id={`${id}-problem`}
          className={classNames('min-w-0 flex-1 text-sm', over > 0 || problem ? 'font-medium text-bad' : 'text-ink-3')}
        >
          {problem ??
            (over > 0
              ? `${over.toLocaleString()} characters too many: shorten it, or send it in parts.`
              : near
                ? `${(-over).toLocaleString()} characters left`
                : null)}
        </p>
        {onSchedule && text.trim() !== '' ? (
          <ScheduleMenu onPick={(at) => void send((words) => onSchedule(words, at))} />
        ) : null}
        {/* The field keeps the focus, and a phone its keyboard. */}
        {/* A change of colour that takes its time is drawn frame by frame, just while the message goes out. */}
        <Button
          type="submit"
          className="transition-none"
          look={text.trim() === '' && !mayBeEmpty ? 'quiet' : 'primary'}
          onMouseDown={(event) => event.preventDefault()}
        >
          {sendLabel}
          <CornerDownLeft size={14} aria-hidden className="opacity-70 pointer-coarse:hidden" />
        </Button>
      </div>
    </form>
  );
}

/** On a phone Enter is the only way to a new line, and the button sends. */
const writesWithThumbs = (): boolean => matchMedia('(pointer: coarse) and (hover: none)').matches;
